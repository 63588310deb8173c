import torch
import torch.nn.functional as F


class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        size, stride = (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"]
        n, c, h, w = x.shape
        cols = F.unfold(x, size, stride=stride).view(n, c, size[0] * size[1], -1)
        values, places = cols.max(2, keepdim=True)
        out = values.view(n, c, (h - size[0]) // stride + 1, (w - size[1]) // stride + 1)
        return out, {"places": places, "shape": cols.shape, "image": (h, w), "size": size, "stride": stride}

    @staticmethod
    def backward(dout, cache):
        n, c = dout.shape[:2]
        dcols = torch.zeros(cache["shape"], dtype=dout.dtype)
        dcols.scatter_(2, cache["places"], dout.reshape(n, c, 1, -1))
        return F.fold(dcols.flatten(1, 2), cache["image"], cache["size"], stride=cache["stride"])
