import numpy as np


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0.0
    return out, x


def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout
