# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def temporal_affine_forward(x, w, b):
    out = x @ w + b
    cache = (x, w)
    return out, cache


def temporal_affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = np.tensordot(x, dout, axes=([0, 1], [0, 1])) # over sequences and time steps
    db = dout.sum(axis=(0, 1))
    return dx, dw, db
