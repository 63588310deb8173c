import numpy as np


class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.k = kernel_size

    def forward(self, A):
        self.windows = np.lib.stride_tricks.sliding_window_view(A, self.k, axis=2)
        self.shape = A.shape
        return np.einsum("nitk,oik->not", self.windows, self.W) + self.b[None, :, None]

    def backward(self, dLdZ):
        self.dLdW = np.einsum("not,nitk->oik", dLdZ, self.windows)
        self.dLdb = np.einsum("not->o", dLdZ)
        dwindows = np.einsum("not,oik->nitk", dLdZ, self.W)
        dLdA = np.zeros(self.shape)
        places = np.arange(dLdZ.shape[2])[:, None] + np.arange(self.k)
        np.add.at(dLdA, (slice(None), slice(None), places), dwindows)
        return dLdA
