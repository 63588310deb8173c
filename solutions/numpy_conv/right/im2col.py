import numpy as np


def get_im2col_indices(x_shape, field_height, field_width, padding=1, stride=1):
    N, C, H, W = x_shape
    assert (H + 2 * padding - field_height) % stride == 0
    assert (W + 2 * padding - field_width) % stride == 0
    out_height = (H + 2 * padding - field_height) // stride + 1
    out_width = (W + 2 * padding - field_width) // stride + 1
    i0 = np.tile(np.repeat(np.arange(field_height), field_width), C)
    i1 = stride * np.repeat(np.arange(out_height), out_width)
    j0 = np.tile(np.arange(field_width), field_height * C)
    j1 = stride * np.tile(np.arange(out_width), out_height)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), field_height * field_width).reshape(-1, 1)
    return k, i, j


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    F, C, HH, WW = w.shape
    x_padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    k, i, j = get_im2col_indices(x.shape, HH, WW, pad, stride)
    cols = x_padded[:, k, i, j]  # (N, C*HH*WW, windows)
    res = w.reshape(F, -1) @ cols + b.reshape(1, -1, 1)
    H_out = (x.shape[2] + 2 * pad - HH) // stride + 1
    out = res.reshape(x.shape[0], F, H_out, -1)
    cache = (x.shape, x_padded.shape, cols, w, (k, i, j), pad)
    return out, cache


def conv_backward_naive(dout, cache):
    shape, padded_shape, cols, w, (k, i, j), pad = cache
    F = w.shape[0]
    d = dout.reshape(dout.shape[0], F, -1)
    db = np.sum(dout, axis=(0, 2, 3))
    dw = np.sum(d @ cols.transpose(0, 2, 1), axis=0).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ d
    dx_padded = np.zeros(padded_shape, dtype=dout.dtype)
    np.add.at(dx_padded, (slice(None), k, i, j), dcols)
    return dx_padded[:, :, pad:-pad, pad:-pad], dw, db
