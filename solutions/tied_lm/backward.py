# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dlogp(logp, y, n):
    dlogp = torch.zeros_like(logp)
    dlogp[range(n), y] = -1.0/n
    return dlogp


def dlse(dlogp):
    return (-dlogp).sum(1, keepdim=True)


def dlogits(dlogp, dlse, logp):
    # logp is the logarithm of the softmax, so its exponential is the softmax
    return dlogp + dlse*logp.exp()


def dh(dlogits, wte):
    return dlogits @ wte


def dz(dh, h):
    return (1 - h**2) * dh


def db(dz):
    return dz.sum(0)


def dW(dz, x):
    return x.T @ dz


def dx(dz, W):
    return dz @ W.T


def dwte(dlogits, dx, h, idx, wte):
    # every row was compared with h in the last layer; some rows were looked up in the first
    dwte = dlogits.T @ h
    dwte = dwte + torch.zeros_like(wte).index_add(0, idx, dx)
    return dwte
