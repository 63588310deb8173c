# form: the lecture, with the dimension kept
def dbnmeani(dbndiff):
    return -1*dbndiff.sum(0, keepdim=True)


# form: sign outside
def dbnmeani(dbndiff):
    return -(dbndiff.sum(0)).unsqueeze(0)


# form: fused: the square adds nothing to the sum
def dbnmeani(dbnraw, bnvar_inv):
    return -(dbnraw*bnvar_inv).sum(0, keepdim=True)


# form: fused from dbnraw and dbndiff2
def dbnmeani(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return -(dbnraw*bnvar_inv + 2*bndiff*dbndiff2).sum(0, keepdim=True)


# form: a new dimension
def dbnmeani(dbndiff):
    return (-dbndiff).sum(0)[None]


# form: view
def dbnmeani(dbndiff):
    return (-dbndiff).sum(0).view(1, -1)


# form: unsqueeze
def dbnmeani(dbndiff):
    return (-dbndiff).sum(0).unsqueeze(0)


# form: einsum
def dbnmeani(dbndiff):
    return torch.einsum('ij->j', -dbndiff)[None]


# form: times a row of ones
def dbnmeani(dbndiff, n):
    return torch.ones(1, n) @ (-dbndiff)


# form: mean times n
def dbnmeani(dbndiff, n):
    return (-dbndiff).mean(0, keepdim=True)*n


# form: running sum, its last row
def dbnmeani(dbndiff):
    return (-dbndiff).cumsum(0)[-1:]


# form: transposed and summed
def dbnmeani(dbndiff):
    return (-dbndiff).T.contiguous().sum(1)[None]


# form: stacked rows
def dbnmeani(dbndiff):
    return torch.stack(list(-dbndiff)).sum(0, keepdim=True)
