import torch


def dlogits(logits, y):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d / len(y)


def dh(dlogits, W2):
    return dlogits @ W2.T


def dW2(dlogits, h):
    return h.T @ dlogits


def db2(dlogits):
    return dlogits.sum(0)


def _dz(dh, x, W1, b1, mask, p):
    return dh * mask / (1 - p) * (x @ W1 + b1 > 0)


def dx(dh, x, W1, b1, mask, p):
    return _dz(dh, x, W1, b1, mask, p) @ W1.T


def dW1(dh, x, W1, b1, mask, p):
    return x.T @ _dz(dh, x, W1, b1, mask, p)


def db1(dh, x, W1, b1, mask, p):
    return _dz(dh, x, W1, b1, mask, p).sum(0)
