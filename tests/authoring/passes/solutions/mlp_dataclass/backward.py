import torch


def dpred(pred, y):
    return (pred - y) / y.shape[0]


def dh(dpred, W2):
    return dpred[:, None] @ W2.T


def dW2(dpred, h):
    return h.T @ dpred[:, None]


def db2(dpred):
    return dpred.sum(0, keepdim=True)


def dz(dh, z):
    return dh * (z > 0)


def dX(dz, W1):
    return dz @ W1.T


def dW1(dz, X):
    return X.T @ dz


def db1(dz):
    return dz.sum(0)
