import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get('eps', 1e-5)
    mu, var = x.mean(axis=0), np.mean(np.square(x), axis=0) - np.square(x.mean(axis=0))
    xhat = (x - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta, (x, mu, var, eps, gamma)


def batchnorm_backward(dout, cache):
    # a Jacobian for each feature: n by n
    x, mu, var, eps, gamma = cache
    n, d = x.shape
    dx = np.empty((n, d))
    for k in range(d):
        xc = x[:, k] - mu[k]
        s = np.sqrt(var[k] + eps)
        jacobian = (np.eye(n) - 1/n) / s - np.outer(xc, xc) / (n * s**3)
        dx[:, k] = jacobian.T @ (gamma[k] * dout[:, k])
    dgamma = np.sum(dout * (x - mu) / np.sqrt(var + eps), axis=0)
    return dx, dgamma, dout.sum(0)
