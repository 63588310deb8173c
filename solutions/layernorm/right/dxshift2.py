# form: ones times
def dxshift2(dvar, xshift2, C):
    return torch.ones_like(xshift2)*dvar/C


# form: C from the shape
def dxshift2(dvar, xshift2):
    return dvar.expand(xshift2.shape)/xshift2.shape[2]


# form: repeat
def dxshift2(dvar, C):
    return dvar.repeat(1, 1, C)/C


# form: times the reciprocal
def dxshift2(dvar, xshift2, C):
    return 1/C*dvar.expand_as(xshift2)
