# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get('eps', 1e-5)
    groups = x.reshape(x.shape[0], G, -1) # (n, G, pixels of a group)
    xc = groups - groups.mean(axis=2, keepdims=True)
    std = np.sqrt((xc**2).mean(axis=2, keepdims=True) + eps)
    normed = xc / std
    xhat = normed.reshape(x.shape)
    out = gamma*xhat + beta # one gamma for each channel
    cache = (normed, std, gamma)
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    dgamma = (dout * xhat).sum(axis=(0, 2, 3), keepdims=True)
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)
    d = (dout * gamma).reshape(normed.shape) # as groups
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    return dx.reshape(dout.shape), dgamma, dbeta
