import torch


def dnormed(dout, weight):
    return dout * weight


def dweight(dout, normed):
    return (dout * normed).sum(0)


def dx(dnormed, x):
    r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    return r * dnormed - r**3 * x * (dnormed * x).mean(-1, keepdim=True)
