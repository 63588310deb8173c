# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dsq(sq):
    return torch.ones_like(sq) / sq.numel()


def ddiff(dsq, diff):
    return 2*diff * dsq


def dout(ddiff):
    return ddiff


def dh(dout, W2):
    return dout @ W2.T


def dW2(dout, h):
    return h.T @ dout


def db2(dout):
    return dout.sum(0)


def dz1(dh, z1):
    # the relu is a gate: open where z1 is positive, closed elsewhere
    return dh * (z1 > 0)


def dx(dz1, W1):
    return dz1 @ W1.T


def dW1(dz1, x):
    return x.T @ dz1


def db1(dz1):
    return dz1.sum(0)
