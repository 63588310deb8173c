import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    mu = x.mean(1)[:, None]
    ivar = 1 / np.sqrt(x.var(1)[:, None] + ln_param['eps'])
    return gamma*((x - mu)*ivar) + beta, dict(x=x, mu=mu, ivar=ivar, gamma=gamma)


def layernorm_backward(dout, cache):
    x, mu, ivar, gamma = (cache[name] for name in ('x', 'mu', 'ivar', 'gamma'))
    D = x.shape[1]
    xhat = (x - mu)*ivar
    d = dout*gamma
    dx = ivar/D * (D*d - d.sum(1, keepdims=True) - xhat*np.sum(d*xhat, axis=1, keepdims=True))
    return dx, np.sum(dout*xhat, 0), np.sum(dout, 0)
