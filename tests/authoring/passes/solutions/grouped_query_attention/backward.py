import torch


def _group(t, n_kv):
    """The gradient of repeat_interleave: the sum over the heads of a group; then (n, T, n_kv * hs)."""
    n, n_head, T, hs = t.shape
    return t.reshape(n, n_kv, n_head // n_kv, T, hs).sum(2).transpose(1, 2).reshape(n, T, n_kv * hs)


def dWo(dout, y_cat):
    return torch.einsum('nti,ntj->ij', y_cat, dout)


def dy_cat(dout, Wo):
    return dout @ Wo.T


def dy(dy_cat, y):
    n, n_head, T, hs = y.shape
    return dy_cat.reshape(n, T, n_head, hs).transpose(1, 2)


def dv(dy, probs):
    return probs.transpose(2, 3) @ dy


def dprobs(dy, v):
    return dy @ v.transpose(2, 3)


def dscores(dprobs, probs):
    return probs * (dprobs - (dprobs * probs).sum(-1, keepdim=True))


def dq(dscores, k):
    return dscores @ k / k.shape[-1] ** 0.5


def dk(dscores, q):
    return dscores.transpose(2, 3) @ q / q.shape[-1] ** 0.5


def dWv(dv, x, n_kv):
    return torch.einsum('nti,ntj->ij', x, _group(dv, n_kv))


def dWk(dk, x, n_kv):
    return torch.einsum('nti,ntj->ij', x, _group(dk, n_kv))


def dWq(dq, x):
    return torch.einsum('nti,ntj->ij', x, dq.transpose(1, 2).flatten(2))


def dx(dq, dk, dv, Wq, Wk, Wv, n_kv):
    return dq.transpose(1, 2).flatten(2) @ Wq.T + _group(dk, n_kv) @ Wk.T + _group(dv, n_kv) @ Wv.T
