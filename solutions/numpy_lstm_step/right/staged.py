import numpy as np


class Cache(object):
    def __init__(self, **kept):
        self.__dict__.update(kept)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    gates = 1. / (1. + np.exp(-a[:, :3*H]))
    i, f, o = gates[:, :H], gates[:, H:2*H], gates[:, 2*H:]
    g = np.tanh(a[:, 3*H:])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    return o * tanh_c, next_c, Cache(x=x, prev_h=prev_h, prev_c=prev_c, Wx=Wx, Wh=Wh, i=i, f=f, o=o, g=g, t=tanh_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    k = cache
    dt = dnext_h * k.o
    dc = dnext_c.copy()
    dc += dt * (1 - k.t ** 2)
    dai = k.i * (1 - k.i) * k.g * dc
    daf = k.f * (1 - k.f) * k.prev_c * dc
    dao = k.o * (1 - k.o) * k.t * dnext_h
    dag = (1 - k.g ** 2) * k.i * dc
    da = np.hstack((dai, daf, dao, dag))
    return da.dot(k.Wx.T), da.dot(k.Wh.T), k.f * dc, k.x.T.dot(da), k.prev_h.T.dot(da), np.sum(da, 0)
