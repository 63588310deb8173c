import torch


def _p(q, k, bias, causal):
    """The weights of all heads at once; the loop keeps only those of the last."""
    att = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5 + bias
    return att.masked_fill(~causal, -1e9).softmax(-1)


def _heads(dout, q):
    """(n, T, n_head * hs) -> (n, n_head, T, hs)"""
    n, n_head, T, hs = q.shape
    return dout.reshape(n, T, n_head, hs).transpose(1, 2)


def _datt(dout, q, k, v, bias, causal):
    p = _p(q, k, bias, causal)
    dp = _heads(dout, q) @ v.transpose(-2, -1)
    return p * (dp - (dp * p).sum(-1, keepdim=True))


def dv(dout, q, k, bias, causal):
    return _p(q, k, bias, causal).transpose(-2, -1) @ _heads(dout, q)


def dq(dout, q, k, v, bias, causal):
    return _datt(dout, q, k, v, bias, causal) @ k * q.shape[-1] ** -0.5


def dk(dout, q, k, v, bias, causal):
    return _datt(dout, q, k, v, bias, causal).transpose(-2, -1) @ q * q.shape[-1] ** -0.5
