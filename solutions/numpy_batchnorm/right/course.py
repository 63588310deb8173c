from builtins import range
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    """
    x (N, D), gamma (D,), beta (D,). Updates running_mean and running_var in bn_param.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)

    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    out, cache = None, None
    if mode == "train":
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        xn = (x - mu) / np.sqrt(var + eps)
        out = gamma * xn + beta
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
        cache = (x, xn, mu, var, gamma, beta, eps)
    elif mode == "test":
        xn = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * xn + beta
    else:
        raise ValueError("no such mode: %s" % mode)

    # for test time
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var

    return out, cache


def batchnorm_backward(dout, cache):
    """
    dout (N, D) to dx, dgamma, dbeta.
    """
    dx, dgamma, dbeta = None, None, None
    x, xn, mu, var, gamma, beta, eps = cache
    N, D = dout.shape

    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xn, axis=0)

    dxn = dout * gamma
    dvar = np.sum(dxn * (x - mu) * -0.5 * (var + eps) ** (-1.5), axis=0)
    dmu = np.sum(dxn * -1 / np.sqrt(var + eps), axis=0) + dvar * np.sum(-2 * (x - mu), axis=0) / N
    dx = dxn / np.sqrt(var + eps) + dvar * 2 * (x - mu) / N + dmu / N
    return dx, dgamma, dbeta
