import numpy as np


class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.eps = 1e-5
        self.shape = (1, num_features)

    def forward(self, Z, eval=False):
        self.std = np.sqrt(np.var(Z, axis=0) + self.eps)
        self.NZ = (Z - np.mean(Z, axis=0)) / self.std
        return self.BW * self.NZ + self.Bb

    def backward(self, dLdBZ):
        N = dLdBZ.shape[0]
        self.dLdBb = np.sum(dLdBZ, axis=0).reshape(self.shape)
        self.dLdBW = np.sum(dLdBZ * self.NZ, axis=0).reshape(self.shape)
        return self.BW / (N * self.std) * (N * dLdBZ - self.dLdBb - self.NZ * self.dLdBW)
