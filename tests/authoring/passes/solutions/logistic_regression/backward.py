import torch


def dp(p, y, eps):
    return -(y / (p + eps) - (1 - y) / (1 - p + eps)) / y.numel()


def dz(dp, p):
    return dp * p * (1 - p)


def dX(dz, w):
    return torch.outer(dz, w)


def dw(dz, X):
    return X.T @ dz


def db(dz):
    return dz.sum(0, keepdim=True)
