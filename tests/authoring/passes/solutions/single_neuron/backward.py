import torch


def derr(err):
    return err.clone()


def da(derr):
    return derr.clone()


def dz(da, a):
    return da * a * (1 - a)


def dw(dz, x):
    return dz * x


def dx(dz, w):
    return dz * w


def db(dz):
    return dz.clone()
