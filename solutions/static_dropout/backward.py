# The worked solution: the same mask and the same scale, on the way back.

import torch


class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * mask
        return dx
