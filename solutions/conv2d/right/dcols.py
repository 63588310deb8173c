# form: transpose of dimensions
def dcols(doutmat, wmat):
    return wmat.transpose(0, 1) @ doutmat


# form: einsum
def dcols(doutmat, wmat):
    return torch.einsum('ok,nol->nkl', wmat, doutmat)


# form: windows first, then transposed back
def dcols(doutmat, wmat):
    return (doutmat.transpose(1, 2) @ wmat).transpose(1, 2)


# form: image by image
def dcols(doutmat, wmat):
    return torch.stack([wmat.T @ d for d in doutmat])


# form: in float32 whatever the input
def dcols(doutmat, wmat):
    return wmat.float().T @ doutmat.float()
