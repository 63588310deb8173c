import torch


def dxhat(dout, weight):
    return dout * weight


def dweight(dout, xhat):
    return (dout * xhat).sum((0, 1))


def dbias(dout):
    return dout.sum((0, 1))


def drstd(dxhat, xc):
    return (dxhat * xc).sum(-1, keepdim=True)


def dvar(drstd, rstd):
    return drstd * -0.5 * rstd**3


def dxc(dxhat, dvar, xc, rstd):
    return dxhat * rstd + dvar * 2 * xc / xc.shape[-1]


def dmean(dxc):
    return -dxc.sum(-1, keepdim=True)


def dx(dxc, dmean):
    return dxc + dmean / dxc.shape[-1]
