# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dout(cot):
    return cot


def ddropped(dout):
    return dout


def dkept(ddropped, p):
    return ddropped / (1 - p)


def dbranch(dkept, mask):
    # the mask drawn in the forward pass: drawing a new one here would be a different function
    return dkept * mask


def dx(dout, dbranch, W):
    # directly along the skip connection, and through the branch
    return dout + dbranch @ W.T


def dW(dbranch, x):
    # W is square: its transpose has the right shape too, but is wrong
    return x.T @ dbranch
