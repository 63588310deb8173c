import torch


def dpieces(dout, pieces, winner):
    return torch.zeros_like(pieces).scatter(2, winner[:, :, None], dout[:, :, None])


def dx(dpieces, W):
    return dpieces.flatten(1) @ W.T


def dW(dpieces, x):
    return x.T @ dpieces.flatten(1)


def db(dpieces):
    return dpieces.flatten(1).sum(0)
