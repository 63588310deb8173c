import torch


def dx_hat(dout, gamma):
    return dout * gamma


def dgamma(dout, x_hat):
    return (dout * x_hat).sum(0)


def dbeta(dout):
    return dout.sum(0)


def dstd(dx_hat, xc, std):
    return -(dx_hat * xc).sum(0) / std**2


def dvar(dstd, std):
    return dstd / (2 * std)


def dxc(dx_hat, dvar, xc, std):
    return dx_hat / std + dvar * 2 * xc / xc.shape[0]


def dmu(dxc):
    return -dxc.sum(0)


def dx(dxc, dmu):
    return dxc + dmu / dxc.shape[0]
