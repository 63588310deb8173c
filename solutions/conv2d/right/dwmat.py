# form: one product per image, then the sum
def dwmat(doutmat, cols):
    return (doutmat @ cols.transpose(1, 2)).sum(0)


# form: einsum
def dwmat(doutmat, cols):
    return torch.einsum('nol,nkl->ok', doutmat, cols)


# form: image by image
def dwmat(doutmat, cols, wmat):
    d = torch.zeros_like(wmat)
    for k in range(cols.shape[0]):
        d += doutmat[k] @ cols[k].T
    return d


# form: tensordot
def dwmat(doutmat, cols):
    return torch.tensordot(doutmat, cols, dims=([0, 2], [0, 2]))


# form: in float32 whatever the input
def dwmat(doutmat, cols):
    return (doutmat.float() @ cols.float().transpose(1, 2)).sum(0)
