# mistake: wrong_operand -- the absolute value
class ReLU:
    def forward(self, Z):
        self.A = np.abs(Z)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A > 0)
        return dLdZ


# mistake: wrong_operand -- the positive numbers are removed
class ReLU:
    def forward(self, Z):
        self.A = np.minimum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A > 0)
        return dLdZ
