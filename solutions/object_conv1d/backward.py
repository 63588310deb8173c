# The worked solution: one window after the other.

import numpy as np


class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2)) # b was added everywhere
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0)) # windows overlap
        return dLdA
