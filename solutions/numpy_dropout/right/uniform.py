import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param.get('p', 0.5)
    np.random.seed(dropout_param['seed'])
    mask = np.random.uniform(size=x.shape)
    dropped = mask >= p
    mask = 1.0 / p * np.ones(x.shape)
    mask[dropped] = 0
    return mask * x, (mask, x, dropout_param)


def dropout_backward(dout, cache):
    return cache[0] * dout
