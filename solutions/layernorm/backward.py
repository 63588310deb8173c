# The worked solution. Each line is one of several correct forms: see right/ for others,
# including dx from dnorm in one go.

import torch


def dout(cot):
    return cot


def dscaled(dout):
    return dout


def db(dout):
    # one bias for all tokens of all examples
    return dout.sum((0, 1))


def dnorm(dscaled, w):
    return dscaled * w


def dw(dscaled, norm):
    return (norm * dscaled).sum((0, 1))


def drstd(dnorm, xshift):
    return (xshift * dnorm).sum(2, keepdim=True)


def dvar(drstd, var):
    return drstd * (-0.5*(var + 1e-5)**-1.5)


def dxshift2(dvar, xshift2, C):
    return dvar.expand_as(xshift2) / C


def dxshift(dnorm, dxshift2, rstd, xshift):
    return rstd*dnorm + (2*xshift)*dxshift2


def dmean(dxshift):
    return (-dxshift).sum(2, keepdim=True)


def dx(dxshift, dmean, C):
    return dxshift + dmean/C
