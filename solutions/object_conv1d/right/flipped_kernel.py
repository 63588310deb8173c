import numpy as np


class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size

    def forward(self, A):
        self.A = A
        batch_size, _, input_size = A.shape
        output_size = input_size - self.kernel_size + 1
        Z = np.zeros((batch_size, self.out_channels, output_size))
        for i in range(output_size):
            Z[:, :, i] = np.tensordot(A[:, :, i:i + self.kernel_size], self.W, axes=([1, 2], [1, 2]))
        return Z + self.b.reshape(1, -1, 1)

    def backward(self, dLdZ):
        output_size = dLdZ.shape[2]
        self.dLdb = np.sum(dLdZ, axis=(0, 2))
        self.dLdW = np.zeros(self.W.shape)
        for i in range(self.kernel_size):
            self.dLdW[:, :, i] = np.tensordot(dLdZ, self.A[:, :, i:i + output_size], axes=([0, 2], [0, 2]))
        # a convolution of the padded dLdZ with the kernels turned around
        pad = self.kernel_size - 1
        padded = np.pad(dLdZ, ((0, 0), (0, 0), (pad, pad)), mode="constant")
        flipped = np.flip(self.W, axis=2)
        dLdA = np.zeros(self.A.shape)
        for i in range(self.A.shape[2]):
            dLdA[:, :, i] = np.tensordot(padded[:, :, i:i + self.kernel_size], flipped, axes=([1, 2], [0, 2]))
        return dLdA
