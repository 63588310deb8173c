import torch


class Kept:
    def __init__(self, **values):
        self.__dict__.update(values)


class BatchNorm:
    def forward(x, gamma, beta, bn_param):
        centered = x - x.mean(0, keepdim=True)
        scale = 1 / (centered.square().mean(0, keepdim=True) + bn_param["eps"]).sqrt()
        kept = Kept(norm=centered * scale, scale=scale, gamma=gamma)
        return torch.addcmul(beta, kept.norm, gamma), kept

    def backward(dout, cache):
        # the gradient, without the part along the ones and the part along norm
        dnorm = dout * cache.gamma
        along = (dnorm * cache.norm).mean(0)
        dx = (dnorm - dnorm.mean(0) - cache.norm * along) * cache.scale
        return dx, torch.einsum("bd,bd->d", dout, cache.norm), dout.sum(0)
