# form: a copy
def dprod(dshifted):
    return dshifted.clone()


# form: straight from dscaled
def dprod(dscaled, t):
    return t*dscaled
