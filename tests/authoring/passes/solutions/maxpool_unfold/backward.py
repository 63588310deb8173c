import torch
import torch.nn.functional as F


def dvalues(dout):
    return dout.flatten(2)


def dwindows(dvalues, windows, indices):
    return torch.zeros_like(windows).scatter(2, indices[:, :, None], dvalues[:, :, None])


def dscaled(dwindows, scaled, k):
    n, c, h, w = scaled.shape
    return F.fold(dwindows.reshape(n, c * k * k, -1), (h, w), k, stride=2)


def dx(dscaled, scale):
    return dscaled * scale[None, :, None, None]


def dscale(dscaled, x):
    return (dscaled * x).sum((0, 2, 3))
