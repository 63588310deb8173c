# mistake: missing_path -- the mean and the variance as constants
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLdNZ * self.invstd
        return dLdZ


# mistake: missing_path -- the path through the variance is missing
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: missing_path -- the path through the mean is missing
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff
        return dLdZ


# mistake: constant_factor -- 1/n twice on the path through the mean
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.mean(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: constant_factor -- 1/n forgotten on the path through the variance
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2 * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: constant_factor -- the 2 of the square is forgotten
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 1/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: sign -- the sign of the mean's path
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: sign -- the sign of the variance's path
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = 0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_power -- the square of invstd instead of its cube
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**2
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_operand -- BW is forgotten
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: not_summed -- dLdV is not summed over the minibatch
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: wrong_epsilon -- without eps on the way back
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
        self.invstd = (self.diff**2).mean(0, keepdims=True)**-0.5
        self.dLdBW = (dLdBZ * self.NZ).sum(0, keepdims=True)
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ


# mistake: upstream_unused -- as if dLdBZ were one
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
        self.dLdBb = dLdBZ.sum(0, keepdims=True)
        dLdNZ = np.ones_like(dLdBZ) * self.BW
        dLdV = -0.5 * (dLdNZ * self.diff).sum(0, keepdims=True) * self.invstd**3
        dLddiff = dLdNZ * self.invstd + 2/n * self.diff * dLdV
        dLdM = -dLddiff.sum(0, keepdims=True)
        dLdZ = dLddiff + dLdM / n
        return dLdZ
