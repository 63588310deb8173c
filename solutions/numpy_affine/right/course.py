from builtins import range
import numpy as np


def affine_forward(x, w, b):
    """
    Fully connected: x (N, d1, d2, ...) becomes (N, D), w is (D, M), b is (M,).
    """
    out = None
    N = x.shape[0]
    out = np.dot(np.reshape(x, (N, -1)), w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    """
    dout (N, M) to dx, dw, db.
    """
    x, w, b = cache
    dx, dw, db = None, None, None
    N = x.shape[0]
    D = np.prod(x.shape[1:])
    dx = np.dot(dout, w.T).reshape(*x.shape)
    dw = np.dot(x.reshape(N, D).T, dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db
