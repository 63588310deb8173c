# form: keepdim
def dbnvar_inv(dbnraw, bndiff):
    return (dbnraw*bndiff).sum(0, keepdim=True)


# form: einsum of both
def dbnvar_inv(dbnraw, bndiff):
    return torch.einsum('ij,ij->j', bndiff, dbnraw)[None]


# form: the diagonal of a matrix product
def dbnvar_inv(dbnraw, bndiff):
    return torch.diag(dbnraw.T @ bndiff)[None]


# form: bndiff from its parts
def dbnvar_inv(dbnraw, hprebn, bnmeani):
    return ((hprebn - bnmeani)*dbnraw).sum(0, keepdim=True)


# form: bndiff via bnraw
def dbnvar_inv(dbnraw, bnvar_inv, bnraw):
    return (bnraw*dbnraw).sum(0, keepdim=True)/bnvar_inv


# form: fused from dhpreact
def dbnvar_inv(dhpreact, bndiff, bngain):
    return (bngain*dhpreact*bndiff).sum(0, keepdim=True)


# form: a new dimension
def dbnvar_inv(dbnraw, bndiff):
    return (dbnraw*bndiff).sum(0)[None]


# form: view
def dbnvar_inv(dbnraw, bndiff):
    return (dbnraw*bndiff).sum(0).view(1, -1)


# form: unsqueeze
def dbnvar_inv(dbnraw, bndiff):
    return (dbnraw*bndiff).sum(0).unsqueeze(0)


# form: einsum
def dbnvar_inv(dbnraw, bndiff):
    return torch.einsum('ij->j', dbnraw*bndiff)[None]


# form: times a row of ones
def dbnvar_inv(dbnraw, bndiff, n):
    return torch.ones(1, n) @ (dbnraw*bndiff)


# form: mean times n
def dbnvar_inv(dbnraw, bndiff, n):
    return (dbnraw*bndiff).mean(0, keepdim=True)*n
