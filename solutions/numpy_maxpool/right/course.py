from builtins import range
import numpy as np

try:
    from .im2col_cython import col2im_cython, im2col_cython
except ImportError:
    pass


def max_pool_forward_naive(x, pool_param):
    """
    x (N, C, H, W) to windows of pool_height x pool_width, a stride apart.
    """
    out = None
    N, C, H, W = x.shape
    HH = pool_param.get("pool_height", 2)
    WW = pool_param.get("pool_width", 2)
    stride = pool_param.get("stride", 2)
    H_out = int(1 + (H - HH) / stride)
    W_out = int(1 + (W - WW) / stride)
    out = np.zeros((N, C, H_out, W_out))
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    out[n, c, i, j] = np.max(x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW])
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    """
    dout (N, C, Ho, Wo) to dx.
    """
    dx = None
    x, pool_param = cache
    N, C, H_out, W_out = dout.shape
    HH, WW, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    patch = x[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    r, s = np.unravel_index(np.argmax(patch, axis=None), patch.shape)
                    dx[n, c, i * stride + r, j * stride + s] += dout[n, c, i, j]
    return dx
