import torch


def dq_sorted(q_sorted, y, taus):
    below = (y[:, None] < q_sorted).to(q_sorted.dtype)
    return (below - taus) / len(y)


def dq(dq_sorted, q):
    return torch.zeros_like(q).scatter(1, q.argsort(1), dq_sorted)


def dX(dq, W):
    return dq @ W.T


def dW(dq, X):
    return X.T @ dq


def db(dq):
    return dq.sum(0)
