import torch
from dataclasses import dataclass


@dataclass
class Kept:
    x: torch.Tensor
    w: torch.Tensor


class Linear:
    @staticmethod
    def forward(x, w, b):
        out = torch.nn.functional.linear(x, w.T, b)
        return out, Kept(x, w)

    @staticmethod
    def backward(dout, cache):
        ones = torch.ones(dout.shape[0], dtype=dout.dtype)
        return dout @ cache.w.T, cache.x.T @ dout, ones @ dout
