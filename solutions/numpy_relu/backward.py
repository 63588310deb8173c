# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def relu_forward(x):
    out = np.maximum(x, 0)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0) # the input decides, not the upstream gradient
    return dx
