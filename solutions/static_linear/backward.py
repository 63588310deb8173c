# The worked solution: right/ holds other layouts of the cache and other ways to write the sums.

import torch


class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(0) # b was added to every row
        return dx, dw, db
