import torch


def dv(dout, p):
    return p.transpose(1, 2) @ dout


def dp(dout, v):
    return dout @ v.transpose(1, 2)


def dmasked(dp, p):
    return p * (dp - (dp * p).sum(-1, keepdim=True))


def dscores(dmasked, mask):
    # the scores that were replaced had no effect
    return dmasked.masked_fill(mask, 0)


def dq(dscores, k):
    return dscores @ k / k.shape[-1] ** 0.5


def dk(dscores, q):
    return dscores.transpose(1, 2) @ q / q.shape[-1] ** 0.5
