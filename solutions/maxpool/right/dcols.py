# form: reshape
def dcols(dflat, n):
    return dflat.reshape(n, -1, dflat.shape[3])


# form: flatten
def dcols(dflat):
    return dflat.flatten(1, 2)


# form: view_as
def dcols(dflat, cols):
    return dflat.view_as(cols)
