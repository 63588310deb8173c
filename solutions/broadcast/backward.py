# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dcubed(cubed):
    # the mean is over all entries of the table, so each has weight one over their number
    return torch.ones_like(cubed) / cubed.numel()


def dcentered(dcubed, centered):
    return dcubed * (3*centered**2)


def drowmean(dcentered):
    # broadcast along each row, so summed along each row
    return (-dcentered).sum(1, keepdim=True)


def dscaled(dcentered, drowmean, scaled):
    # scaled is used twice; the column drowmean broadcasts along each row by itself
    return dcentered + drowmean/scaled.shape[1]


def dt(dscaled, shifted):
    # broadcast everywhere, so summed over everything: a single number is left
    return (shifted*dscaled).sum()


def dshifted(dscaled, t):
    return t*dscaled


def db(dshifted):
    return dshifted.sum(0)


def dprod(dshifted):
    return dshifted


def da(dprod, c):
    return c*dprod


def dc(dprod, a):
    return (a*dprod).sum(1, keepdim=True)
