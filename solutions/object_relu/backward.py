# The worked solution: the output says as well as the input where the gradient passes.

import numpy as np


class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A > 0)
        return dLdZ
