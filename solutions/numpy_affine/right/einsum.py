import numpy as np


class Cache:
    pass


def affine_forward(x, w, b):
    cache = Cache()
    cache.x, cache.w = x, w
    out = np.einsum('nd,dm->nm', x.reshape(x.shape[0], -1), w)
    out += b
    return out, cache


def affine_backward(dout, cache):
    x = cache.x
    dx = np.einsum('nm,dm->nd', dout, cache.w).reshape(x.shape)
    dw = np.einsum('nd,nm->dm', x.reshape(x.shape[0], -1), dout)
    db = np.einsum('nm->m', dout)
    return dx, dw, db
