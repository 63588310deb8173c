import torch


class ReLU:
    @staticmethod
    def forward(x):
        return x.clamp(min=0), x <= 0

    @staticmethod
    def backward(dout, cache):
        # the same in any call, but it costs a note: the caller's dout is changed
        dout[cache] = 0
        return dout
