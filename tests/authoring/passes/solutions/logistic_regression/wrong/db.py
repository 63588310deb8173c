# mistake: keepdim -- the dimension of b is missing
def db(dz):
    return dz.sum()
