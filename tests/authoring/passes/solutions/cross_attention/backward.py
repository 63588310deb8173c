import torch


def dWo(dout, context):
    return torch.einsum('nti,ntj->ij', context, dout)


def dcontext(dout, Wo):
    return dout @ Wo.T


def dp(dcontext, v):
    return dcontext @ v.mT


def dv(dcontext, p):
    return p.mT @ dcontext


def datt(dp, p):
    return p * (dp - (dp * p).sum(-1, keepdim=True))


def dq(datt, k):
    return datt @ k / k.shape[-1] ** 0.5


def dk(datt, q):
    return datt.mT @ q / q.shape[-1] ** 0.5


def dpadding(datt):
    return datt.sum(1)


def dWq(dq, x):
    return torch.einsum('nti,ntj->ij', x, dq)


def dWk(dk, memory):
    return torch.einsum('nsi,nsj->ij', memory, dk)


def dWv(dv, memory):
    return torch.einsum('nsi,nsj->ij', memory, dv)


def dmemory(dk, dv, Wk, Wv):
    return dk @ Wk.T + dv @ Wv.T


def dx(dout, dq, Wq):
    return dout + dq @ Wq.T
