import torch


def dx_hat(dy, scale):
    return dy * (1 + scale[:, :, None, None])


def dscale(dy, x_hat):
    return (dy * x_hat).sum((2, 3))


def dshift(dy):
    return dy.sum((2, 3))


def dstyle(dscale, dshift, A):
    return torch.cat([dscale, dshift], 1) @ A.T


def dA(dscale, dshift, style):
    return style.T @ torch.cat([dscale, dshift], 1)


def dvar(dx_hat, x_hat, var, eps):
    return -0.5 * (dx_hat * x_hat).sum((2, 3), keepdim=True) / (var + eps)


def dmean(dx_hat, var, eps):
    return -dx_hat.sum((2, 3), keepdim=True) / torch.sqrt(var + eps)


def dx(dx_hat, dvar, dmean, x, mean, var, eps):
    m = x.shape[2] * x.shape[3]
    return dx_hat / torch.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
