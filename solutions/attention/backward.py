# The worked solution. Each line is one of several correct forms: see right/ for others,
# including the softmax in one go.

import torch


def dout(cot):
    return cot


def dbo(dout):
    return dout.sum((0, 1))


def dWo(dout, ycat):
    # all tokens of all examples, flattened into one dimension
    return ycat.flatten(0, 1).T @ dout.flatten(0, 1)


def dycat(dout, Wo):
    return dout @ Wo.T


def dy(dycat, n, T, n_head, hs):
    # first view, then transpose: the heads are concatenated in ycat
    return dycat.view(n, T, n_head, hs).transpose(1, 2)


def dv(dy, p):
    return p.transpose(2, 3) @ dy


def dp(dy, v):
    return dy @ v.transpose(2, 3)


def dsumexp(dp, p, sumexp):
    return (-dp * (p/sumexp)).sum(3, keepdim=True)


def dexpd(dp, dsumexp, sumexp):
    return dp/sumexp + dsumexp


def datt(dexpd, expd):
    # expd is exp(att) where a token may attend and zero elsewhere: derivative and mask in one
    # (from dp straight to datt it is p*(dp - (p*dp).sum(3, keepdim=True)): the softmax in one go)
    return dexpd * expd


def dqk(datt, hs):
    return datt * hs**-0.5


def dk(dqk, q):
    # q.T @ dqk is the gradient of k.T; transposed, it is that of k
    return (q.transpose(2, 3) @ dqk).transpose(2, 3)


def dq(dqk, k):
    return dqk @ k


def dqkv(dq, dk, dv, qkv):
    # concatenate the heads again, then queries, keys and values
    return torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)


def dbqkv(dqkv):
    return dqkv.sum((0, 1))


def dWqkv(dqkv, x):
    return x.flatten(0, 1).T @ dqkv.flatten(0, 1)


def dx(dqkv, Wqkv):
    return dqkv @ Wqkv.T
