# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param['seed'])
    mask = (np.random.rand(*x.shape) < p) / p # 1/p where kept, else 0
    out = x * mask
    cache = mask
    return out, cache


def dropout_backward(dout, cache):
    mask = cache
    dx = dout * mask # the same mask and the same factor
    return dx
