import numpy as np


def _row_backward(d, xhat, std):
    return (d - np.mean(d) - xhat * np.mean(d * xhat)) / std


def layernorm_forward(x, gamma, beta, ln_param):
    out, kept = np.zeros_like(x), []
    for i, row in enumerate(x):
        std = np.sqrt(np.var(row) + ln_param['eps'])
        xhat = (row - np.mean(row)) / std
        out[i] = gamma * xhat + beta
        kept.append((xhat, std))
    return out, (kept, gamma)


def layernorm_backward(dout, cache):
    kept, gamma = cache
    dx = np.stack([_row_backward(d * gamma, xhat, std) for d, (xhat, std) in zip(dout, kept)])
    dgamma = sum(d * xhat for d, (xhat, _) in zip(dout, kept))
    return dx, dgamma, dout.sum(axis=0)
