import torch


class Dropout:
    @staticmethod
    def forward(x, mask, p):
        keep = mask.bool()
        out = torch.where(keep, x / (1 - p), torch.zeros_like(x))
        return out, {"keep": keep, "p": p}

    @staticmethod
    def backward(dout, cache):
        dx = dout / (1 - cache["p"])
        dx = dx.masked_fill(~cache["keep"], 0.0)
        return dx
