import torch


def dx_norm(dout, gamma):
    return dout * gamma


def dgamma(dout, x_norm):
    return (dout * x_norm).sum((0, 2, 3), keepdim=True)


def dbeta(dout):
    return dout.sum((0, 2, 3), keepdim=True)


def dx(dx_norm, x_norm, x, G, eps):
    dy = dx_norm.reshape(x.shape[0], G, -1)
    y = x_norm.reshape(dy.shape)
    std = (x.reshape(dy.shape).var(2, keepdim=True, unbiased=False) + eps).sqrt()
    d = (dy - dy.mean(2, keepdim=True) - y * (dy * y).mean(2, keepdim=True)) / std
    return d.reshape(x.shape)
