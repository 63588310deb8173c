import torch


def dnext_h(next_h, y):
    return (next_h - y) / next_h.shape[0]


def do(dnext_h, next_c):
    return dnext_h * torch.tanh(next_c)


def dnext_c(dnext_h, o, next_c):
    return dnext_h * o * (1 - torch.tanh(next_c) ** 2)


def df(dnext_c, prev_c):
    return dnext_c * prev_c


def dprev_c(dnext_c, f):
    return dnext_c * f


def di(dnext_c, g):
    return dnext_c * g


def dg(dnext_c, i):
    return dnext_c * i


def dai(di, i):
    return di * i * (1 - i)


def daf(df, f):
    return df * f * (1 - f)


def dao(do, o):
    return do * o * (1 - o)


def dag(dg, g):
    return dg * (1 - g**2)


def da(dai, daf, dao, dag):
    return torch.cat([dai, daf, dao, dag], dim=1)


def db(da):
    return da.sum(0)


def dWx(da, x):
    return x.T @ da


def dWh(da, prev_h):
    return prev_h.T @ da


def dx(da, Wx):
    return da @ Wx.T


def dprev_h(da, Wh):
    return da @ Wh.T


def dy(next_h, y):
    return (y - next_h) / next_h.shape[0]
