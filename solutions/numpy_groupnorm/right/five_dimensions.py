import numpy as np


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    x5 = x.reshape(N, G, C // G, H, W)
    mu = np.mean(x5, axis=(2, 3, 4), keepdims=True)
    var = np.var(x5, axis=(2, 3, 4), keepdims=True)
    inv = 1 / np.sqrt(var + gn_param['eps'])
    xhat = ((x5 - mu) * inv).reshape(x.shape)
    return xhat * gamma + beta, {'x5': x5, 'mu': mu, 'inv': inv, 'gamma': gamma, 'xhat': xhat}


def spatial_groupnorm_backward(dout, cache):
    # staged: the inverse standard deviation, the variance, the mean
    x5, mu, inv = cache['x5'], cache['mu'], cache['inv']
    axes, m = (2, 3, 4), np.prod(x5.shape[2:])
    dbeta = np.einsum('nchw->c', dout).reshape(1, -1, 1, 1)
    dgamma = np.einsum('nchw,nchw->c', dout, cache['xhat'])[None, :, None, None]
    dxhat = (dout * cache['gamma']).reshape(x5.shape)
    dinv = np.sum(dxhat * (x5 - mu), axis=axes, keepdims=True)
    dvar = dinv * -0.5 * inv**3
    dmu = -np.sum(dxhat * inv, axis=axes, keepdims=True) + dvar * np.mean(-2 * (x5 - mu), axis=axes, keepdims=True)
    dx = dxhat * inv + dvar * 2 * (x5 - mu) / m + dmu / m
    return dx.reshape(dout.shape), dgamma, dbeta
