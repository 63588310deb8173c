# form: reshape
def dW(dwmat, o, c):
    return dwmat.reshape(o, c, 3, 2)


# form: unflatten
def dW(dwmat, W):
    return dwmat.unflatten(1, W.shape[1:])


# form: straight from the windows
def dW(doutmat, cols, W):
    return torch.einsum('nol,nkl->ok', doutmat, cols).view(W.shape)
