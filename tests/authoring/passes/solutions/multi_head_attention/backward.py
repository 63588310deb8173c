import torch


def _heads(t, n_head):
    """(n, T, d) -> (n, n_head, T, hs)"""
    n, T, d = t.shape
    return t.reshape(n, T, n_head, d // n_head).transpose(1, 2)


def _dscores(datt, att):
    return att * (datt - (datt * att).sum(-1, keepdim=True))


def dbo(dout):
    return dout.sum((0, 1))


def dWo(dout, y):
    return torch.einsum('nti,ntj->ij', y, dout)


def dy(dout, Wo):
    return dout @ Wo.T


def dv(dy, att, n_head):
    return att.transpose(-2, -1) @ _heads(dy, n_head)


def datt(dy, v, n_head):
    return _heads(dy, n_head) @ v.transpose(-2, -1)


def dq(datt, att, k):
    return _dscores(datt, att) @ k / k.shape[-1] ** 0.5


def dk(datt, att, q):
    return _dscores(datt, att).transpose(-2, -1) @ q / q.shape[-1] ** 0.5


def dqkv(dq, dk, dv):
    return torch.cat([t.transpose(1, 2).flatten(2) for t in (dq, dk, dv)], dim=2)


def dbqkv(dqkv):
    return dqkv.sum((0, 1))


def dWqkv(dqkv, x):
    return torch.einsum('nti,ntj->ij', x, dqkv)


def dx(dqkv, Wqkv):
    return dqkv @ Wqkv.T
