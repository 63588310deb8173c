# mistake: repeated_index -- only the last window counts
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW = np.tensordot(dLdZ[:, :, t], window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: constant_factor -- averaged over the minibatch
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0)) / len(dLdZ)
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: constant_factor -- averaged over the windows
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0)) / dLdZ.shape[2]
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: upstream_unused -- as if dLdZ were one
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(np.ones_like(dLdZ[:, :, t]), window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: wrong_index -- the kernels turned around
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        self.dLdW = self.dLdW[:, :, ::-1]
        return dLdA


# mistake: wrong_operand -- a stale input: that of the first layer, kept on the class
class Conv1d:
    inputs = []

    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        Conv1d.inputs.append(A)
        self.A = Conv1d.inputs[0]
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: permuted -- input and output channels swapped
class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = A
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(window, dLdZ[:, :, t], (0, 0)).reshape(self.W.shape)
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA


# mistake: unknown -- the input of the first call with these shapes
class Conv1d:
    inputs = {}

    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        self.A = Conv1d.inputs.setdefault(A.shape, A)
        windows = A.shape[2] - self.kernel_size + 1
        Z = np.zeros((len(A), len(self.W), windows))
        for t in range(windows):
            window = A[:, :, t:t + self.kernel_size]
            Z[:, :, t] = np.tensordot(window, self.W, ([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        dLdA = np.zeros_like(self.A)
        self.dLdW = np.zeros_like(self.W)
        self.dLdb = dLdZ.sum((0, 2))
        for t in range(dLdZ.shape[2]):
            window = self.A[:, :, t:t + self.kernel_size]
            self.dLdW += np.tensordot(dLdZ[:, :, t], window, (0, 0))
            dLdA[:, :, t:t + self.kernel_size] += np.tensordot(dLdZ[:, :, t], self.W, (1, 0))
        return dLdA
