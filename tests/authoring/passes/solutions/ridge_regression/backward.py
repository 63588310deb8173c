import torch


def dresidual(residual):
    return 2 * residual / residual.numel()


def dy_hat(dresidual):
    return dresidual


def dX(dy_hat, w):
    return dy_hat @ w.T


def dw(dy_hat, X, w, lam):
    return X.T @ dy_hat + 2 * lam * w


def db(dy_hat):
    return dy_hat.sum(0)
