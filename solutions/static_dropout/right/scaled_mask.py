import torch


class Dropout:
    @staticmethod
    def forward(x, mask, p):
        scale = mask / (1 - p)
        return x * scale, scale

    @staticmethod
    def backward(dout, cache):
        return dout * cache
