import torch


def _undo(g):
    """The transpose of rotate_half."""
    g1, g2 = g.chunk(2, dim=-1)
    return torch.cat([g2, -g1], dim=-1)


def _dscores(datt, att):
    return att * (datt - (datt * att).sum(-1, keepdim=True))


def dv(dout, att):
    return att.transpose(-2, -1) @ dout


def datt(dout, v):
    return dout @ v.transpose(-2, -1)


def dq_rot(datt, att, k_rot):
    return _dscores(datt, att) @ k_rot / k_rot.shape[-1] ** 0.5


def dk_rot(datt, att, q_rot):
    return _dscores(datt, att).transpose(-2, -1) @ q_rot / q_rot.shape[-1] ** 0.5


def dq(dq_rot, cos, sin):
    return dq_rot * cos + _undo(dq_rot * sin)


def dk(dk_rot, cos, sin):
    return dk_rot * cos + _undo(dk_rot * sin)


def dWq(dq, x):
    return torch.einsum('nti,ntj->ij', x, dq)


def dWk(dk, x):
    return torch.einsum('nti,ntj->ij', x, dk)


def dWv(dv, x):
    return torch.einsum('nti,ntj->ij', x, dv)


def dx(dq, dk, dv, Wq, Wk, Wv):
    return dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
