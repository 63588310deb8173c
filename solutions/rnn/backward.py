# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dH(cot):
    return cot


def dh4(dH):
    return dH[:, 3]


def da4(dh4, h4):
    return (1 - h4**2) * dh4


def dh3(dH, da4, Whh):
    # its own slice of H, and what it passed on to the next step
    return dH[:, 2] + da4 @ Whh.T


def da3(dh3, h3):
    return (1 - h3**2) * dh3


def dh2(dH, da3, Whh):
    return dH[:, 1] + da3 @ Whh.T


def da2(dh2, h2):
    return (1 - h2**2) * dh2


def dh1(dH, da2, Whh):
    return dH[:, 0] + da2 @ Whh.T


def da1(dh1, h1):
    return (1 - h1**2) * dh1


def dh0(da1, Whh):
    return da1 @ Whh.T


def dbh(da1, da2, da3, da4):
    # used in four steps, so four gradients; added from the last step to the first, as autograd does:
    # any other order is equally correct but rounds differently
    return da4.sum(0) + da3.sum(0) + da2.sum(0) + da1.sum(0)


def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    # step t multiplied the state of step t-1
    return h3.T @ da4 + h2.T @ da3 + h1.T @ da2 + h0.T @ da1


def dWxh(da1, da2, da3, da4, x):
    return x[:, 3].T @ da4 + x[:, 2].T @ da3 + x[:, 1].T @ da2 + x[:, 0].T @ da1


def dx(da1, da2, da3, da4, Wxh):
    return torch.stack([da1 @ Wxh.T, da2 @ Wxh.T, da3 @ Wxh.T, da4 @ Wxh.T], 1)
