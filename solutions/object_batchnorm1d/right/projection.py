import numpy as np


def centered(a):
    return a - a.mean(axis=0, keepdims=True)


class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9, eps=1e-5):
        self.eps = eps
        self.cache = ()

    def forward(self, Z, eval=False):
        diff = centered(Z)
        scale = 1 / np.sqrt(np.square(diff).mean(axis=0, keepdims=True) + self.eps)
        self.cache = diff * scale, scale
        return diff * scale * self.BW + self.Bb

    def backward(self, dLdBZ):
        NZ, scale = self.cache
        self.dLdBW = np.einsum("bd,bd->d", dLdBZ, NZ)[None]
        self.dLdBb = np.einsum("bd->d", dLdBZ)[None]
        dLdNZ = dLdBZ * self.BW
        # without the part along the ones and the part along NZ
        return scale * (centered(dLdNZ) - NZ * (dLdNZ * NZ).mean(axis=0))
