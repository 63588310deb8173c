# The worked solution. Each line is one of several right ones: see right/ for others.

import torch


def dout(cot):
    return cot


def ddropped(dout):
    return dout


def dkept(ddropped, p):
    return ddropped / (1 - p)


def dbranch(dkept, mask):
    # the mask that was drawn forward: dropout that draws a new one here would be another function
    return dkept * mask


def dx(dout, dbranch, W):
    # straight along the skip connection, and through the branch
    return dout + dbranch @ W.T


def dW(dbranch, x):
    # W is square: its transpose has the right shape too, and is wrong all the same
    return x.T @ dbranch
