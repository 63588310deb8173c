# mistake: keepdim -- without keepdims
class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        M = Z.mean(0, keepdims=True)
        V = Z.var(0, keepdims=True)
        self.diff = Z - M
        self.invstd = (V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: constant_factor -- the mean instead of the sum
class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        M = Z.mean(0, keepdims=True)
        V = Z.var(0, keepdims=True)
        self.diff = Z - M
        self.invstd = (V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.mean(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_axis -- summed over the features
class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        M = Z.mean(0, keepdims=True)
        V = Z.var(0, keepdims=True)
        self.diff = Z - M
        self.invstd = (V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(1, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_operand -- times BW
class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        M = Z.mean(0, keepdims=True)
        V = Z.var(0, keepdims=True)
        self.diff = Z - M
        self.invstd = (V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = (dLdBZ * self.BW).sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: other_gradient -- left under the other's name
class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        M = Z.mean(0, keepdims=True)
        V = Z.var(0, keepdims=True)
        self.diff = Z - M
        self.invstd = (V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBb = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBW = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ
