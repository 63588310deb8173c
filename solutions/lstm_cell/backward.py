# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dh(coth):
    return coth


def dtc(dh, o):
    return dh * o


def do(dh, tc):
    return dh * tc


def dc(dtc, tc, cotc):
    # through the tanh to the output, and to the next step's cell state
    return dtc * (1 - tc**2) + cotc


def dcprev(dc, f):
    return dc * f


def df(dc, cprev):
    return dc * cprev


def di(dc, g):
    return dc * g


def dg(dc, i):
    return dc * i


def dgo(do, o):
    return do * (1 - o) * o


def dgg(dg, g):
    # the only tanh among the four
    return dg * (1 - g**2)


def dgf(df, f):
    return df * (1 - f) * f


def dgi(di, i):
    return di * (1 - i) * i


def dgates(dgi, dgf, dgg, dgo):
    return torch.cat([dgi, dgf, dgg, dgo], 1)


def db(dgates):
    return dgates.sum(0)


def dWh(dgates, hprev):
    return hprev.T @ dgates


def dWx(dgates, x):
    return x.T @ dgates


def dhprev(dgates, Wh):
    return dgates @ Wh.T


def dx(dgates, Wx):
    return dgates @ Wx.T
