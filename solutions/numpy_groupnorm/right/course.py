from builtins import range
import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """
    x (N, C, H, W), gamma and beta (1, C, 1, 1), G groups of C // G channels.
    """
    out, cache = None, None
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    table = (N * G, C // G * H * W)  # a row for each group of each image
    xt = x.reshape(table).T
    std = np.sqrt(xt.var(axis=0) + eps)
    xn = ((xt - xt.mean(axis=0)) / std).T.reshape(N, C, H, W)
    out = gamma * xn + beta
    cache = (xn, std, gamma, table)
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """
    dout (N, C, H, W) to dx, dgamma, dbeta.
    """
    dx, dgamma, dbeta = None, None, None
    xn, std, gamma, table = cache
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dgamma = np.sum(dout * xn, axis=(0, 2, 3), keepdims=True)
    M = table[1]
    zt = xn.reshape(table).T
    dt = (dout * gamma).reshape(table).T
    dx = dt - np.sum(dt, axis=0) / M - np.sum(dt * zt, axis=0) * zt / M
    dx /= std
    dx = dx.T.reshape(dout.shape)
    return dx, dgamma, dbeta
