from builtins import range
import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    """
    x (N, D): batch normalization of x transposed.
    """
    out, cache = None, None
    eps = ln_param.get("eps", 1e-5)
    xt = x.T
    mu = np.mean(xt, axis=0)
    std = np.sqrt(np.var(xt, axis=0) + eps)
    xn = ((xt - mu) / std).T
    out = gamma * xn + beta
    cache = xt, mu, std, gamma, xn
    return out, cache


def layernorm_backward(dout, cache):
    """
    dout (N, D) to dx, dgamma, dbeta.
    """
    dx, dgamma, dbeta = None, None, None
    xt, mu, std, gamma, xn = cache
    dgamma = np.sum(dout * xn, axis=0)
    dbeta = np.sum(dout, axis=0)

    # as in batch normalization, with everything transposed
    dt = (dout * gamma).T
    D = xt.shape[0]
    dvar = np.sum(dt * (xt - mu) * -0.5 * std ** -3, axis=0)
    dmu = -np.sum(dt / std, axis=0)
    dx = (dt / std + dvar * 2.0 * (xt - mu) / D + dmu / D).T
    return dx, dgamma, dbeta
