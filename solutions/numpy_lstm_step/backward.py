# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z)) # no exponential overflows


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b # (n, 4*H)
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f*prev_c + i*g
    tc = np.tanh(next_c)
    next_h = o*tc
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    do = dnext_h * tc
    dc = dnext_c + dnext_h * o * (1 - tc**2) # from the next step, and through the tanh
    df, di, dg = dc * prev_c, dc * g, dc * i
    dprev_c = dc * f
    da = np.concatenate([di * i*(1 - i), df * f*(1 - f), do * o*(1 - o), dg * (1 - g**2)], axis=1)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db
