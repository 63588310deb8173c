from builtins import range
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    """
    Forward pass for layer normalization.
    """
    out, cache = None, None
    eps = ln_param.get("eps", 1e-5)
    x = x.T
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    std = np.sqrt(var + eps)
    norm = (x - mean) / std
    norm = norm.T
    out = gamma * norm + beta
    cache = x, mean, var, std, gamma, norm
    return out, cache


def layernorm_backward(dout, cache):
    """
    Backward pass for layer normalization.
    """
    dx, dgamma, dbeta = None, None, None
    x, mean, var, std, gamma, norm = cache
    dgamma = np.sum(dout * norm, axis=0)
    dbeta = np.sum(dout, axis=0)

    # batch normalization, transposed
    dnorm = (dout * gamma).T
    N = x.shape[0]
    dfdu = dnorm
    dvar = np.sum(dfdu * (x - mean) * -0.5 * std ** -3, axis=0)
    dmean = -np.sum(dfdu / std, axis=0)
    dx = dfdu / std + dvar * 2.0 * (x - mean) / N + dmean / N
    dx = dx.T
    return dx, dgamma, dbeta
