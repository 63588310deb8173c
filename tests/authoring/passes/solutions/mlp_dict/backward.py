import torch


def dlog_probs(log_probs, y):
    d = torch.zeros_like(log_probs)
    d[torch.arange(len(y)), y] = -1 / len(y)
    return d


def dlog_Z(dlog_probs):
    return -dlog_probs.sum(1, keepdim=True)


def dshifted(dlog_probs, dlog_Z, shifted):
    return dlog_probs + dlog_Z * shifted.softmax(1)


def dscores(dshifted, scores):
    d = dshifted.clone()
    d[torch.arange(len(d)), scores.argmax(1)] -= dshifted.sum(1)
    return d


def da1(dscores, W2):
    return dscores @ W2.T


def dW2(dscores, a1):
    return a1.T @ dscores


def db2(dscores):
    return dscores.sum(0)


def dz1(da1, a1):
    return da1 * (1 - a1**2)


def dx(dz1, W1):
    return dz1 @ W1.T


def dW1(dz1, x):
    return x.T @ dz1


def db1(dz1):
    return dz1.sum(0)
