# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dout(cot):
    return cot


def dhid(dout, Wd):
    return dout @ Wd.T


def dWd(dout, hid):
    # all tokens of all examples, flattened into one dimension
    return hid.flatten(0, 1).T @ dout.flatten(0, 1)


def dup(dhid, act):
    return dhid * act


def dact(dhid, up):
    return dhid * up


def dsig(dact, gate):
    return dact * gate


def dgate(dact, dsig, sig):
    # as a factor of act, and inside the sigmoid
    return dact*sig + dsig * (1 - sig) * sig


def dWu(dup, x):
    return x.flatten(0, 1).T @ dup.flatten(0, 1)


def dWg(dgate, x):
    return x.flatten(0, 1).T @ dgate.flatten(0, 1)


def dx(dgate, dup, Wg, Wu):
    return dup @ Wu.T + dgate @ Wg.T
