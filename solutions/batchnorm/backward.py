# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(0, keepdim=True)


def dbnbias(dhpreact):
    return dhpreact.sum(0, keepdim=True)


def dhprebn(dhpreact, bngain, bnraw, bnvar_inv, n):
    # inside the parentheses: the direct path, minus the mean path, minus the variance path.
    # n/(n-1) is what remains of Bessel's correction: the mean divides by n, the variance by n-1
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))
