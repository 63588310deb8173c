import numpy as np


class ReLU:
    def forward(self, Z):
        self.Z = Z
        return np.where(Z > 0, Z, 0.0)

    def backward(self, dLdA):
        dAdZ = np.where(self.Z > 0, 1, 0)
        return dLdA * dAdZ
