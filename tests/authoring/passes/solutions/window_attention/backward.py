import torch


def dv(dout, p):
    return p.mT @ dout


def dp(dout, v):
    return dout @ v.mT


def datt(dp, p):
    return p * (dp - (dp * p).sum(2, keepdim=True))


def dq(datt, k, scale):
    # datt is zero outside of the window, because p is
    return datt @ k * scale


def dk(datt, q, scale):
    return datt.mT @ q * scale
