import torch
import torch.nn.functional as F


class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        cols = F.unfold(x, (HH, WW), padding=pad, stride=stride)
        out = torch.einsum("fk,nkl->nfl", w.view(f, -1), cols) + b.view(1, f, 1)
        out = out.view(n, f, (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1)
        return out, {"cols": cols, "w": w, "size": (H, W), "conv_param": conv_param}

    @staticmethod
    def backward(dout, cache):
        w, cols = cache["w"], cache["cols"]
        stride, pad = cache["conv_param"]["stride"], cache["conv_param"]["pad"]
        f, c, HH, WW = w.shape
        douts = dout.flatten(2)
        dw = torch.einsum("nfl,nkl->fk", douts, cols).view(w.shape)
        dcols = torch.einsum("fk,nfl->nkl", w.view(f, -1), douts)
        dx = F.fold(dcols, cache["size"], (HH, WW), padding=pad, stride=stride)
        return dx, dw, douts.sum((0, 2))
