# mistake: constant_factor -- the variance divided by n - 1
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
        V = Z.var(0, keepdims=True, ddof=1)
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_epsilon -- eps added to the standard deviation
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
        self.invstd = 1 / (V**0.5 + self.eps)
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_epsilon -- no eps
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
        self.invstd = V**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_operand -- the running averages are used in training
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
        self.diff = Z - self.running_M
        self.invstd = (self.running_V + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_axis -- normalized over the features
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
        self.diff = Z - Z.mean(1, keepdims=True)
        self.invstd = (Z.var(1, keepdims=True) + self.eps)**-0.5
        self.NZ = self.diff * self.invstd
        BZ = self.BW * self.NZ + self.Bb
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: missing_path -- no shift
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
        BZ = self.BW * self.NZ
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * V
        return BZ

    def backward(self, dLdBZ):
        n = len(dLdBZ)
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ
