import torch


class Dropout:
    def forward(x, mask, p):
        out = torch.zeros_like(x)
        kept = mask == 1
        out[kept] = x[kept] / (1.0 - p)
        return out, (kept, 1.0 - p)

    def backward(dout, cache):
        kept, share = cache
        dx = torch.zeros_like(dout)
        dx[kept] = dout[kept] / share
        return dx
