from builtins import range
import numpy as np


def sigmoid(x):
    """
    A numerically stable version of the logistic sigmoid function.
    """
    pos_mask = x >= 0
    neg_mask = x < 0
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """
    Forward pass for a single timestep of an LSTM.
    """
    next_h, next_c, cache = None, None, None
    N, H = prev_h.shape
    a = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = i, f, o, g, a, x, Wx, Wh, prev_h, prev_c, next_c
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    """
    Backward pass for a single timestep of an LSTM.
    """
    dx, dprev_h, dprev_c, dWx, dWh, db = None, None, None, None, None, None
    i, f, o, g, a, x, Wx, Wh, prev_h, prev_c, next_c = cache
    N, H = dnext_h.shape
    do = dnext_h * np.tanh(next_c)
    dnext_c = dnext_c + o * (1 - np.tanh(next_c) ** 2) * dnext_h
    dprev_c = f * dnext_c
    da = np.zeros((N, 4 * H))
    da[:, :H] = dnext_c * g * i * (1 - i)
    da[:, H : 2 * H] = dnext_c * prev_c * f * (1 - f)
    da[:, 2 * H : 3 * H] = do * o * (1 - o)
    da[:, 3 * H :] = dnext_c * i * (1 - g ** 2)
    dx = np.dot(da, Wx.T)
    dprev_h = np.dot(da, Wh.T)
    dWx = np.dot(x.T, da)
    dWh = np.dot(prev_h.T, da)
    db = np.sum(da, axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db
