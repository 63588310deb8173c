import torch


def dout(out, y):
    return 2 * (out - y) / out.numel()


def dx(dout, W):
    return dout @ W


def dW(dout, x):
    return dout.T @ x


def db(dout):
    return dout.sum(0)


def dg(dW, V, norm):
    return (dW * V / norm).sum(1, keepdim=True)


def dnorm(dW, g, V, norm):
    return -(dW * g * V).sum(1, keepdim=True) / norm**2


def dV(dW, dnorm, g, V, norm):
    return dW * g / norm + dnorm * V / norm
