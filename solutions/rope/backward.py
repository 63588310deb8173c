# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch


def dout(cot):
    return cot


def dr1(dout, half):
    return dout[:, :, :half]


def dr2(dout, half):
    return dout[:, :, half:]


def dx1(dr1, dr2, cos, sin):
    # in the forward pass, x1 went into r1 with cos and into r2 with plus sin
    return dr1*cos + dr2*sin


def dx2(dr1, dr2, cos, sin):
    # and here is the minus: the pair (dr1, dr2) is rotated by the same angle in the opposite direction
    return dr2*cos - dr1*sin


def dx(dx1, dx2):
    return torch.cat([dx1, dx2], 2)
