import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C = x.shape[:2]
    k = C // G
    xhat, stds = np.zeros_like(x), np.zeros((N, G))
    for n in range(N):
        for g in range(G):
            group = x[n, g*k:(g + 1)*k]
            stds[n, g] = np.sqrt(group.var() + gn_param['eps'])
            xhat[n, g*k:(g + 1)*k] = (group - group.mean()) / stds[n, g]
    return gamma * xhat + beta, (xhat, stds, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    xhat, stds, gamma, G = cache
    N, C, H, W = dout.shape
    k = C // G
    dx, dgamma, dbeta = np.zeros(dout.shape), np.zeros(gamma.shape), np.zeros(gamma.shape)
    for c in range(C):
        dgamma[0, c, 0, 0] = np.sum(dout[:, c] * xhat[:, c])
        dbeta[0, c, 0, 0] = np.sum(dout[:, c])
    for n in range(N):
        for g in range(G):
            s = slice(g*k, (g + 1)*k)
            d, z = dout[n, s] * gamma[0, s], xhat[n, s]
            dx[n, s] = (d - d.mean() - z * (d * z).mean()) / stds[n, g]
    return dx, dgamma, dbeta
