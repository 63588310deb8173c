# form: the factor applied last
def dbndiff2(dbnvar, bndiff2, n):
    return torch.ones_like(bndiff2)*dbnvar*(1/(n-1))


# form: expand
def dbndiff2(dbnvar, bndiff2, n):
    return dbnvar.expand_as(bndiff2)*(n-1)**-1


# form: expand, then divide
def dbndiff2(dbnvar, n):
    return dbnvar.expand(n, -1)/(n-1)


# form: repeat
def dbndiff2(dbnvar, n):
    return (1/(n-1))*dbnvar.repeat(n, 1)


# form: ones first, divided
def dbndiff2(dbnvar, bndiff2, n):
    return torch.ones_like(bndiff2)*dbnvar/(n-1)


# form: broadcast_to
def dbndiff2(dbnvar, bndiff2, n):
    return torch.broadcast_to(dbnvar/(n-1), bndiff2.shape)


# form: a column of ones
def dbndiff2(dbnvar, n):
    return torch.ones(n, 1) @ dbnvar/(n-1)


# form: added to zeros
def dbndiff2(dbnvar, bndiff2, n):
    return torch.zeros_like(bndiff2) + 1.0/(n-1)*dbnvar


# form: stacked rows
def dbndiff2(dbnvar, n):
    return torch.stack([dbnvar[0]*(1.0/(n-1)) for _ in range(n)])


# form: n from the shape
def dbndiff2(dbnvar, bndiff2):
    return (1.0/(bndiff2.shape[0]-1))*torch.ones_like(bndiff2)*dbnvar
