# mistake: wrong_operand -- times diff, not times the normalized values
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
        self.dLdBW = (dLdBZ * self.diff).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


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
        self.dLdBW = (dLdBZ * self.NZ).sum(0)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
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
        self.dLdBW = (dLdBZ * self.NZ).mean(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: upstream_unused -- dLdBZ is forgotten
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
        self.dLdBW = self.NZ.sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ
