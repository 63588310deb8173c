import torch


def dlogits(logits, y, pos_weight):
    p = torch.sigmoid(logits)
    return ((1 - y) * p - pos_weight * y * (1 - p)) / y.numel()


def dx(dlogits, W):
    return dlogits @ W.T


def dW(dlogits, x):
    return x.T @ dlogits


def db(dlogits):
    return dlogits.sum(0)
