# form: transpose of dimensions
def dcols(doutmat, wmat):
    return wmat.transpose(0, 1) @ doutmat


# form: einsum
def dcols(doutmat, wmat):
    return torch.einsum('ok,nol->nkl', wmat, doutmat)


# form: windows first, then turned back
def dcols(doutmat, wmat):
    return (doutmat.transpose(1, 2) @ wmat).transpose(1, 2)


# form: picture by picture
def dcols(doutmat, wmat):
    return torch.stack([wmat.T @ d for d in doutmat])


# form: written in float32 whatever comes in
def dcols(doutmat, wmat):
    return wmat.float().T @ doutmat.float()
