import torch


def dlogits(logits, y, class_weight):
    weight = class_weight[y][:, None]
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d * weight / weight.sum()


def dx(dlogits, W):
    return dlogits @ W.T


def dW(dlogits, x):
    return x.T @ dlogits


def db(dlogits):
    return dlogits.sum(0)
