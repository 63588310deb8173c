# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    n, _, h, width = x.shape
    f, _, hh, ww = w.shape
    xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    ho, wo = (h + 2*pad - hh)//stride + 1, (width + 2*pad - ww)//stride + 1
    out = np.zeros((n, f, ho, wo))
    for i in range(ho):
        for j in range(wo):
            window = xpad[:, :, i*stride:i*stride + hh, j*stride:j*stride + ww] # (n, c, hh, ww)
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b # (n, f)
    cache = (x, w, b, conv_param)
    return out, cache


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    hh, ww = w.shape[2:]
    xpad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxpad, dw = np.zeros_like(xpad), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i*stride, i*stride + hh), slice(j*stride, j*stride + ww)
            d = dout[:, :, i, j] # (n, f)
            dw += np.tensordot(d, xpad[:, :, rows, columns], axes=(0, 0))
            dxpad[:, :, rows, columns] += np.tensordot(d, w, axes=(1, 0)) # windows overlap, so they add up
    db = dout.sum(axis=(0, 2, 3))
    dx = dxpad[:, :, pad:-pad, pad:-pad] # without the border
    return dx, dw, db
