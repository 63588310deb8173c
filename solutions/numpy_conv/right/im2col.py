import numpy as np


def places(shape, hh, ww, stride):
    """For every pixel of a flattened window (rows) and every window (columns): channel, row and column in the image."""
    _, C, H, W = shape
    assert (H - hh) % stride == 0 and (W - ww) % stride == 0
    c, a, b = (each.reshape(-1, 1) for each in np.indices((C, hh, ww)))
    i, j = (each.reshape(1, -1) for each in np.indices(((H - hh) // stride + 1, (W - ww) // stride + 1)))
    return c, a + stride * i, b + stride * j


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    where = places(xp.shape, HH, WW, stride)
    cols = xp[(slice(None), *where)]  # (N, C*HH*WW, windows)
    out = w.reshape(F, -1) @ cols + b.reshape(1, -1, 1)
    out = out.reshape(x.shape[0], F, (xp.shape[2] - HH) // stride + 1, -1)
    cache = (xp.shape, cols, w, where, pad)
    return out, cache


def conv_backward_naive(dout, cache):
    shape, cols, w, where, pad = cache
    F = w.shape[0]
    d = dout.reshape(dout.shape[0], F, -1)
    db = np.sum(dout, axis=(0, 2, 3))
    dw = np.sum(d @ cols.transpose(0, 2, 1), axis=0).reshape(w.shape)
    dxp = np.zeros(shape, dtype=dout.dtype)
    np.add.at(dxp, (slice(None), *where), w.reshape(F, -1).T @ d)
    return dxp[:, :, pad:-pad, pad:-pad], dw, db
