import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = np.zeros((len(A), len(self.W)))
        for i, a in enumerate(A):
            Z[i] = self.W.dot(a) + self.b[:, 0]
        return Z

    def backward(self, dLdZ):
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = np.zeros_like(self.b)
        dLdA = np.zeros_like(self.A)
        for i, d in enumerate(dLdZ):
            self.dLdW += np.outer(d, self.A[i])
            self.dLdb += d.reshape(-1, 1)
            dLdA[i] = d @ self.W
        return dLdA
