# form: keepdim
def dbngain(dhpreact, bnraw):
    return (dhpreact*bnraw).sum(0, keepdim=True)


# form: axis, the numpy spelling
def dbngain(dhpreact, bnraw):
    return (bnraw*dhpreact).sum(axis=0, keepdims=True)


# form: einsum of both
def dbngain(dhpreact, bnraw):
    return torch.einsum('ij,ij->j', bnraw, dhpreact)[None]


# form: the diagonal of a matrix product
def dbngain(dhpreact, bnraw):
    return torch.diag(dhpreact.T @ bnraw)[None]


# form: bnraw from its parts
def dbngain(dhpreact, bnvar_inv, bndiff):
    return (dhpreact*bndiff*bnvar_inv).sum(0, keepdim=True)


# form: bnraw from hpreact
def dbngain(dhpreact, bngain, hpreact, bnbias):
    return (dhpreact*(hpreact - bnbias)/bngain).sum(0, keepdim=True)


# form: fused from dh
def dbngain(dh, bnraw, h):
    return ((1 - h**2)*dh*bnraw).sum(0, keepdim=True)


# form: a new dimension
def dbngain(dhpreact, bnraw):
    return (bnraw*dhpreact).sum(0)[None]


# form: view
def dbngain(dhpreact, bnraw):
    return (bnraw*dhpreact).sum(0).view(1, -1)


# form: unsqueeze
def dbngain(dhpreact, bnraw):
    return (bnraw*dhpreact).sum(0).unsqueeze(0)


# form: einsum
def dbngain(dhpreact, bnraw):
    return torch.einsum('ij->j', bnraw*dhpreact)[None]


# form: times a row of ones
def dbngain(dhpreact, bnraw, n):
    return torch.ones(1, n) @ (bnraw*dhpreact)


# form: mean times n
def dbngain(dhpreact, bnraw, n):
    return (bnraw*dhpreact).mean(0, keepdim=True)*n


# form: running sum, its last row
def dbngain(dhpreact, bnraw):
    return (bnraw*dhpreact).cumsum(0)[-1:]
