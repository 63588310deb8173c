# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get('eps', 1e-5)
    xc = x - x.mean(axis=1, keepdims=True)
    var = (xc**2).mean(axis=1, keepdims=True) # one number for each example
    std = np.sqrt(var + eps)
    xhat = xc / std
    out = gamma*xhat + beta
    cache = (xhat, std, gamma)
    return out, cache


def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dgamma = (dout * xhat).sum(axis=0) # gamma is shared by all examples, as in batch normalization
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / std
    return dx, dgamma, dbeta
