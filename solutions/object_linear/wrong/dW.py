# mistake: transposed -- as for a W of input by output features
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = self.A.T @ dLdZ
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
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A / len(self.A)
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


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
        dLdA = dLdZ @ self.W
        self.dLdW = np.ones_like(dLdZ).T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: wrong_operand -- the weights instead of the input
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ (dLdA)
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: unknown -- a local variable, which nobody sees
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: unknown -- left under another name
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA


# mistake: unknown -- added to what earlier layers left on the class
class Linear:
    total = {}

    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        self.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        key = self.W.shape
        Linear.total[key] = self.dLdW = self.dLdW + Linear.total.get(key, 0)
        return dLdA


# mistake: unknown -- the input kept on the class, which all layers share
class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        Linear.A = A
        Z = A @ self.W.T + self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.sum(0)[:, None]
        return dLdA
