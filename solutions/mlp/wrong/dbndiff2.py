# mistake: not_expanded -- the row as it is
def dbndiff2(dbnvar, n):
    return (1.0/(n-1)) * dbnvar


# mistake: constant_factor -- n instead of n-1: Bessel missing
def dbndiff2(dbnvar, bndiff2, n):
    return (1.0/n)*torch.ones_like(bndiff2) * dbnvar


# mistake: constant_factor -- the factor is missing
def dbndiff2(dbnvar, bndiff2):
    return torch.ones_like(bndiff2) * dbnvar


# mistake: constant_factor -- n-2 instead of n-1
def dbndiff2(dbnvar, bndiff2, n):
    return (1.0/(n-2))*torch.ones_like(bndiff2) * dbnvar


# mistake: constant_factor -- times n-1
def dbndiff2(dbnvar, bndiff2, n):
    return (n-1)*torch.ones_like(bndiff2) * dbnvar


# mistake: hard_coded -- 31 instead of n-1
def dbndiff2(dbnvar, bndiff2):
    return (1.0/31)*torch.ones_like(bndiff2) * dbnvar


# mistake: hard_coded -- 32 rows
def dbndiff2(dbnvar, n):
    return (1.0/(n-1))*dbnvar.expand(32, -1)


# mistake: sign -- an extra minus
def dbndiff2(dbnvar, bndiff2, n):
    return -(1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar


# mistake: upstream_unused -- dbnvar is missing
def dbndiff2(bndiff2, n):
    return (1.0/(n-1))*torch.ones_like(bndiff2)


# mistake: wrong_operand -- bndiff2 instead of ones
def dbndiff2(dbnvar, bndiff2, n):
    return (1.0/(n-1))*bndiff2 * dbnvar


# mistake: wrong_operand -- twice bndiff: that is the next step
def dbndiff2(dbnvar, bndiff, n):
    return (1.0/(n-1))*2*bndiff * dbnvar


# mistake: other_gradient -- dbnvar_inv instead of dbnvar
def dbndiff2(dbnvar_inv, bndiff2, n):
    return (1.0/(n-1))*torch.ones_like(bndiff2) * dbnvar_inv


# mistake: wrong_axis -- divided by the number of columns
def dbndiff2(dbnvar, bndiff2):
    return torch.ones_like(bndiff2) * dbnvar / (bndiff2.shape[1]-1)


# mistake: wrong_index -- only the first row gets the gradient
def dbndiff2(dbnvar, bndiff2, n):
    d = torch.zeros_like(bndiff2)
    d[0] = dbnvar/(n-1)
    return d


# mistake: float32_pinned -- n instead of n-1, in float32
def dbndiff2(dbnvar, bndiff2, n):
    return (1.0/n)*torch.ones_like(bndiff2).float() * dbnvar.float()


# mistake: zeros -- left as zeros
def dbndiff2(bndiff2):
    return torch.zeros_like(bndiff2)
