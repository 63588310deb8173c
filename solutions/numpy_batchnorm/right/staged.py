import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    # small steps, and each of them kept for the way back
    m = 1/N * np.sum(x, axis=0)
    c = x - m
    s = c ** 2
    v = 1/N * np.sum(s, axis=0)
    r = np.sqrt(v + bn_param['eps'])
    q = 1/r
    z = c * q
    out = gamma * z + beta
    cache = (gamma, c, r, q, z)
    return out, cache


def batchnorm_backward(dout, cache):
    gamma, c, r, q, z = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * z, axis=0)
    dz = dout * gamma
    # z = c * q
    dq = np.sum(dz * c, axis=0)
    dc = dz * q
    # q = 1/r, r = sqrt(v + eps)
    dr = -1/r**2 * dq
    dv = 0.5/r * dr
    # v = mean of s, s = c**2
    ds = 1/N * np.ones((N, D)) * dv
    dc = dc + 2*c * ds
    # c = x - m, m = mean of x
    dm = -np.sum(dc, axis=0)
    dx = dc + 1/N * np.ones((N, D)) * dm
    return dx, dgamma, dbeta
