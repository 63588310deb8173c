from builtins import range
import numpy as np


def sigmoid(z):
    """
    In two halves, so that no exponential overflows.
    """
    s = np.empty_like(z)
    positive = z >= 0
    s[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    s[~positive] = e / (1 + e)
    return s


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """
    x (N, D), prev_h and prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,).
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
    dnext_h and dnext_c (N, H) to dx, dprev_h, dprev_c, dWx, dWh, db.
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
