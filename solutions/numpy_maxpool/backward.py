# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def max_pool_forward_naive(x, pool_param):
    height, width, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    ho, wo = (x.shape[2] - height)//stride + 1, (x.shape[3] - width)//stride + 1
    out = np.zeros((x.shape[0], x.shape[1], ho, wo))
    for i in range(ho):
        for j in range(wo):
            window = x[:, :, i*stride:i*stride + height, j*stride:j*stride + width]
            out[:, :, i, j] = window.max(axis=(2, 3))
    cache = (x, pool_param)
    return out, cache


def max_pool_backward_naive(dout, cache):
    x, pool_param = cache
    height, width, stride = pool_param['pool_height'], pool_param['pool_width'], pool_param['stride']
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, columns = slice(i*stride, i*stride + height), slice(j*stride, j*stride + width)
            window = x[:, :, rows, columns]
            largest = window == window.max(axis=(2, 3), keepdims=True) # no two pixels are equal, so one in each window
            dx[:, :, rows, columns] += largest * dout[:, :, i:i + 1, j:j + 1] # windows overlap, so they add up
    return dx
