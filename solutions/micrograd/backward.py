# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def derr(err):
    return 2*err


def do(derr):
    return derr


def de(do, e, o):
    # e is used twice, in the numerator and the denominator: two gradients, added
    # (on paper they simplify to 2*do/(e + 1)**2, which rounds a little differently)
    return do/(e + 1) - do*(o/(e + 1))


def dn(de, e):
    # the derivative of exp is exp; the 2 comes from inside the parentheses
    return 2*(de*e)


def ds(dn):
    return dn


def dx1w1(ds):
    return ds


def dx2w2(ds):
    return ds


def db(dn):
    return dn


def dx1(dx1w1, w1):
    return w1*dx1w1


def dw1(dx1w1, x1):
    return x1*dx1w1


def dx2(dx2w2, w2):
    return w2*dx2w2


def dw2(dx2w2, x2):
    return x2*dx2w2
