import numpy as np


class Activation:
    def __init__(self):
        self.state = None

    def __call__(self, Z):
        return self.forward(Z)


class ReLU(Activation):
    def forward(self, Z):
        self.state = Z.clip(min=0)
        return self.state

    def derivative(self):
        return np.sign(self.state)

    def backward(self, dLdA):
        return np.multiply(self.derivative(), dLdA)
