# mistake: not_expanded -- only one number per token
def dxshift2(dvar, C):
    return dvar/C


# mistake: constant_factor -- Bessel: one feature fewer
def dxshift2(dvar, xshift2, C):
    return dvar.expand_as(xshift2)/(C - 1)


# mistake: constant_factor -- mean treated as a sum
def dxshift2(dvar, xshift2):
    return dvar.expand_as(xshift2)*1.0


# mistake: constant_factor -- divided by the number of positions
def dxshift2(dvar, xshift2):
    return dvar.expand_as(xshift2)/xshift2.shape[1]


# mistake: constant_factor -- divided by the number of examples, as in batch norm
def dxshift2(dvar, xshift2):
    return dvar.expand_as(xshift2)/xshift2.shape[0]


# mistake: hard_coded -- twelve features
def dxshift2(dvar, xshift2):
    return dvar.expand_as(xshift2)/12


# mistake: wrong_operand -- times xshift2
def dxshift2(dvar, xshift2, C):
    return dvar*xshift2/C


# mistake: wrong_operand -- times 2 xshift: that belongs to the next line
def dxshift2(dvar, xshift, C):
    return dvar*2*xshift/C


# mistake: upstream_unused -- dvar is missing
def dxshift2(xshift2, C):
    return torch.ones_like(xshift2)/C


# mistake: sign -- a minus
def dxshift2(dvar, xshift2, C):
    return -dvar.expand_as(xshift2)/C


# mistake: zeros -- left as zeros
def dxshift2(xshift2):
    return torch.zeros_like(xshift2)
