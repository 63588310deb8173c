# The worked solution: the cache can hold the input, the output or only the mask.

import torch


class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x > 0)
        return dx
