# mistake: upstream_unused -- as if dLdZ were one
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = np.ones_like(dLdZ) @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: transposed -- times W transposed
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W.T
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: constant_factor -- averaged over the minibatch
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W / len(self.A)
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: unknown -- dLdZ is scaled in place before it is used
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdZ /= len(self.A)
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA
