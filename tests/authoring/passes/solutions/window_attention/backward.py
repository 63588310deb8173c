import torch


def dv(dout, p):
    return p.mT @ dout


def dp(dout, v):
    return dout @ v.mT


def datt(dp, p):
    return p * (dp - (dp * p).sum(2, keepdim=True))


def dq(datt, k, far, scale):
    return datt.masked_fill(far, 0) @ k * scale


def dk(datt, q, far, scale):
    return datt.masked_fill(far, 0).mT @ q * scale
