# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Take it section by section: output, values and weights, softmax, queries and keys, input. With four
# dimensions it pays to write the shape next to every name on paper. Once the softmax is right in three steps,
# try datt again using only p and dp: it is one line, and every library has it.
#
# Arguments are passed by name: a parameter can be any forward value (causal, hs, ...) or the gradient of anything
# computed from your variable (dy, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch
import torch.nn.functional as F


def dout(cot):
    """loss = (out * cot).sum()

    shape (4, 6, 10), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dbo(dout):
    """out = ycat @ Wo + bo

    shape (10,), like bo
    """
    # TODO: write dbo
    raise NotImplementedError


def dWo(dout, ycat):
    """out = ycat @ Wo + bo

    shape (10, 10), like Wo
    """
    # TODO: write dWo
    raise NotImplementedError


def dycat(dout, Wo):
    """out = ycat @ Wo + bo

    shape (4, 6, 10), like ycat
    """
    # TODO: write dycat
    raise NotImplementedError


def dy(dycat, n, T, n_head, hs):
    """ycat = y.transpose(1, 2).reshape(n, T, C)

    shape (4, 2, 6, 5), like y
    """
    # TODO: write dy
    raise NotImplementedError


def dv(dy, p):
    """y = p @ v

    shape (4, 2, 6, 5), like v
    """
    # TODO: write dv
    raise NotImplementedError


def dp(dy, v):
    """y = p @ v

    shape (4, 2, 6, 6), like p
    """
    # TODO: write dp
    raise NotImplementedError


def dsumexp(dp, p, sumexp):
    """p = expd / sumexp

    shape (4, 2, 6, 1), like sumexp
    """
    # TODO: write dsumexp
    raise NotImplementedError


def dexpd(dp, dsumexp, sumexp):
    """sumexp = expd.sum(3, keepdim=True)
       p = expd / sumexp

    shape (4, 2, 6, 6), like expd
    """
    # TODO: write dexpd
    raise NotImplementedError


def datt(dexpd, expd):
    """expd = att.exp() * causal

    shape (4, 2, 6, 6), like att
    """
    # TODO: write datt
    raise NotImplementedError


def dqk(datt, hs):
    """att = qk * hs**-0.5

    shape (4, 2, 6, 6), like qk
    """
    # TODO: write dqk
    raise NotImplementedError


def dk(dqk, q):
    """qk = q @ k.transpose(2, 3)

    shape (4, 2, 6, 5), like k
    """
    # TODO: write dk
    raise NotImplementedError


def dq(dqk, k):
    """qk = q @ k.transpose(2, 3)

    shape (4, 2, 6, 5), like q
    """
    # TODO: write dq
    raise NotImplementedError


def dqkv(dq, dk, dv, qkv):
    """q = qkv[:, :, :C].view(n, T, n_head, hs).transpose(1, 2)
       k = qkv[:, :, C:2*C].view(n, T, n_head, hs).transpose(1, 2)
       v = qkv[:, :, 2*C:].view(n, T, n_head, hs).transpose(1, 2)

    shape (4, 6, 30), like qkv
    """
    # TODO: write dqkv
    raise NotImplementedError


def dbqkv(dqkv):
    """qkv = x @ Wqkv + bqkv

    shape (30,), like bqkv
    """
    # TODO: write dbqkv
    raise NotImplementedError


def dWqkv(dqkv, x):
    """qkv = x @ Wqkv + bqkv

    shape (10, 30), like Wqkv
    """
    # TODO: write dWqkv
    raise NotImplementedError


def dx(dqkv, Wqkv):
    """qkv = x @ Wqkv + bqkv

    shape (4, 6, 10), like x
    """
    # TODO: write dx
    raise NotImplementedError
