import torch


def dx(dout, x, w):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d[:, :, i:i + 3, j:j + 3] += torch.einsum('nk,kcab->ncab', dout[:, :, i, j], w)
    return d


def dw(dout, x, w):
    d = torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d += torch.einsum('nk,ncab->kcab', dout[:, :, i, j], x[:, :, i:i + 3, j:j + 3])
    return d


def db(dout):
    return dout.sum((0, 2, 3))
