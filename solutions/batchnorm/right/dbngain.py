# form: the lecture
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(0, keepdim=True)


# form: einsum
def dbngain(dhpreact, bnraw):
    return torch.einsum('ij,ij->j', bnraw, dhpreact)[None]


# form: a new dimension
def dbngain(dhpreact, bnraw):
    return (dhpreact*bnraw).sum(0)[None]


# form: the diagonal of a matrix product
def dbngain(dhpreact, bnraw):
    return torch.diag(dhpreact.T @ bnraw)[None]


# form: bnraw from its parts
def dbngain(dhpreact, bnvar_inv, hprebn, bnmean):
    return (dhpreact*(hprebn - bnmean)*bnvar_inv).sum(0, keepdim=True)


# form: bnraw from hpreact
def dbngain(dhpreact, bngain, hpreact, bnbias):
    return (dhpreact*(hpreact - bnbias)/bngain).sum(0, keepdim=True)


# form: times a row of ones
def dbngain(dhpreact, bnraw, n):
    return torch.ones(1, n) @ (dhpreact*bnraw)


# form: mean times n
def dbngain(dhpreact, bnraw, n):
    return (dhpreact*bnraw).mean(0, keepdim=True)*n


# form: cot, which equals dhpreact here
def dbngain(cot, bnraw):
    return (cot*bnraw).sum(0, keepdim=True)
