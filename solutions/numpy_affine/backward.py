# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def affine_forward(x, w, b):
    flat = x.reshape(x.shape[0], -1) # every row is one example
    out = flat @ w + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    dx = (dout @ w.T).reshape(x.shape)
    dw = flat.T @ dout
    db = dout.sum(axis=0) # one bias for all examples
    return dx, dw, db
