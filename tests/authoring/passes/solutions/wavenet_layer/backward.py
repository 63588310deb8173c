import torch
import torch.nn.functional as F


def dres(dout, res):
    return dout[:, :res.shape[1]].clone()


def dskip(dout, res):
    return dout[:, res.shape[1]:].clone()


def dw_skip(dskip, z):
    return torch.einsum('not,nct->oc', dskip, z)[:, :, None]


def dw_res(dres, z):
    return torch.einsum('not,nct->oc', dres, z)[:, :, None]


def dz(dres, dskip, w_res, w_skip):
    return w_skip[:, :, 0].T @ dskip + w_res[:, :, 0].T @ dres


def df(dz, f, g):
    return dz * torch.sigmoid(g) * (1 - torch.tanh(f)**2)


def dg(dz, f, g):
    return dz * torch.tanh(f) * torch.sigmoid(g) * (1 - torch.sigmoid(g))


def dw_dil(df, dg, xp, w_dil, dilation):
    both = torch.cat([df, dg], 1)
    T = both.shape[2]
    taps = [torch.einsum('not,nct->oc', both, xp[:, :, j * dilation:j * dilation + T]) for j in range(w_dil.shape[2])]
    return torch.stack(taps, 2)


def dxp(df, dg, xp, w_dil, dilation):
    both = torch.cat([df, dg], 1)
    T = both.shape[2]
    d = torch.zeros_like(xp)
    for j in range(w_dil.shape[2]):
        d[:, :, j * dilation:j * dilation + T] += w_dil[:, :, j].T @ both
    return d


def dx(dxp, dres):
    return dxp[:, :, -dres.shape[2]:] + dres
