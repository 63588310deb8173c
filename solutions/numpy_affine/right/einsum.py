import numpy as np


class Cache:
    pass


def affine_forward(x, w, b):
    cache = Cache()
    cache.x, cache.w = x, w
    out = np.einsum('bd,dm->bm', x.reshape(x.shape[0], -1), w)
    out += b
    return out, cache


def affine_backward(dout, cache):
    x = cache.x
    dx = np.einsum('bm,dm->bd', dout, cache.w).reshape(x.shape)
    dw = np.einsum('bd,bm->dm', x.reshape(x.shape[0], -1), dout)
    db = np.einsum('bm->m', dout)
    return dx, dw, db
