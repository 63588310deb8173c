import torch


def dmse(mse):
    return torch.ones_like(mse)


def derr(dmse, err):
    return dmse * 2 * err / err.numel()


def dreg(reg, lam):
    return torch.ones_like(reg) * lam


def dpred(derr):
    return -derr


def dq(dpred, dreg, p, q):
    return dpred[:, None] * p + dreg * 2 * q / q.shape[0]


def dp(dpred, dreg, p, q):
    return dpred[:, None] * q + dreg * 2 * p / p.shape[0]


def dP(dp, P, user):
    return torch.zeros_like(P).index_add(0, user, dp)


def dQ(dq, Q, item):
    return torch.zeros_like(Q).index_add(0, item, dq)


def dbu(dpred, bu, user):
    return torch.zeros_like(bu).index_add(0, user, dpred)


def dbi(dpred, bi, item):
    return torch.zeros_like(bi).index_add(0, item, dpred)


def dmu(dpred):
    return dpred.sum()


def drating(derr):
    return derr
