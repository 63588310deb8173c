import numpy as np


def dropout_forward(x, dropout_param):
    rng = np.random.RandomState(dropout_param['seed'])
    keep = rng.random_sample(x.shape) < dropout_param['p']
    return np.where(keep, x / dropout_param['p'], 0.0), {'keep': keep, 'p': dropout_param['p']}


def dropout_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx[cache['keep']] = dout[cache['keep']] / cache['p']
    return dx
