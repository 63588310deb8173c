from builtins import range
import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """
    Computes the forward pass for spatial group normalization.
    """
    out, cache = None, None
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    size = (N * G, C // G * H * W)
    x = x.reshape(size).T
    mean = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    x_norm = (x - mean) / std
    x_norm = x_norm.T.reshape(N, C, H, W)
    out = gamma * x_norm + beta
    cache = (x_norm, std, gamma, size)
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """
    Computes the backward pass for spatial group normalization.
    """
    dx, dgamma, dbeta = None, None, None
    x_norm, std, gamma, size = cache
    N, C, H, W = dout.shape
    dbeta = np.sum(dout, axis=(0, 2, 3), keepdims=True)
    dgamma = np.sum(dout * x_norm, axis=(0, 2, 3), keepdims=True)
    # the short formula of layer normalization, a column for each group
    z = x_norm.reshape(size).T
    M = z.shape[0]
    dfdz = (dout * gamma).reshape(size).T
    dfdz_sum = np.sum(dfdz, axis=0)
    dx = dfdz - dfdz_sum / M - np.sum(dfdz * z, axis=0) * z / M
    dx /= std
    dx = dx.T.reshape(N, C, H, W)
    return dx, dgamma, dbeta
