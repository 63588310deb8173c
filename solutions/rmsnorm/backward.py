# The worked solution. Each line is one of several correct forms: see right/ for others,
# including dx from dnorm in one go.

import torch


def dout(cot):
    return cot


def dnorm(dout, w):
    return dout * w


def dw(dout, norm):
    return (norm * dout).sum((0, 1))


def drrms(dnorm, x):
    return (x * dnorm).sum(2, keepdim=True)


def dms(drrms, ms):
    return drrms * (-0.5*(ms + 1e-5)**-1.5)


def dsq(dms, sq, C):
    return dms.expand_as(sq) / C


def dx(dnorm, dsq, rrms, x):
    # two paths where layer norm has three
    return rrms*dnorm + (2*x)*dsq
