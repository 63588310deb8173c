# mistake: constant_factor -- averaged a second time
def dw(dz, X):
    return X.T @ dz / X.shape[0]


# mistake: not_summed -- one row for each example
def dw(dz, X):
    return X * dz[:, None]
