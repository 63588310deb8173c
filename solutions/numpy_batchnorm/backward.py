# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mean = x.mean(axis=0)
    xc = x - mean
    var = (xc**2).mean(axis=0) # divided by n, not by n - 1
    std = np.sqrt(var + eps)
    xhat = xc / std
    out = gamma*xhat + beta
    cache = (xhat, std, gamma)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    # three paths: directly, through the mean, and through the variance
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, dgamma, dbeta
