from builtins import range
import numpy as np


def temporal_affine_forward(x, w, b):
    """
    x (N, T, D), w (D, M), b (M,): a long affine layer of N * T rows.
    """
    N, T, D = x.shape
    M = b.shape[0]
    rows = x.reshape(N * T, D)
    out = (rows.dot(w) + b).reshape(N, T, M)
    cache = x, w, b, out
    return out, cache


def temporal_affine_backward(dout, cache):
    """
    dout (N, T, M) to dx, dw, db.
    """
    x, w, b, out = cache
    N, T, D = x.shape
    M = b.shape[0]
    d = dout.reshape(N * T, M)
    dx = d.dot(w.T).reshape(N, T, D)
    dw = x.reshape(N * T, D).T.dot(d)
    db = d.sum(axis=0)
    return dx, dw, db
