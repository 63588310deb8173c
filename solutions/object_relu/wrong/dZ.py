# mistake: upstream_unused -- the mask alone
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = (self.A > 0).astype(float)
        return dLdZ


# mistake: upstream_only -- no mask
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA
        return dLdZ


# mistake: wrong_operand -- the mask of dLdA
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (dLdA > 0)
        return dLdZ


# mistake: wrong_operand -- times the output instead of the mask
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * self.A
        return dLdZ


# mistake: wrong_operand -- the output's mask with >=, which is true everywhere
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A >= 0)
        return dLdZ


# mistake: wrong_dtype -- the mask is returned, as booleans
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = self.A > 0
        return dLdZ


# mistake: wrong_operand -- the mask of what is off
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A == 0)
        return dLdZ


# mistake: hard_coded -- the mask of the first layer, kept on the class
class ReLU:
    kept = []

    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        ReLU.kept.append(self.A)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (ReLU.kept[0] > 0)
        return dLdZ


# mistake: unknown -- nothing is returned
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(Z, 0)
        return self.A

    def backward(self, dLdA):
        dLdZ = dLdA * (self.A > 0)
        self.dLdZ = dLdZ


# mistake: unknown -- the output kept in a global, which all layers share
kept = {}


class ReLU:
    def forward(self, Z):
        kept["A"] = np.maximum(Z, 0)
        return kept["A"]

    def backward(self, dLdA):
        dLdZ = dLdA * (kept["A"] > 0)
        return dLdZ
