# Your turn: a convolution in one dimension as an object. W and b are set before forward() is called. forward() keeps on
# the object what backward() needs; backward() returns dLdA and leaves the gradients of the parameters in dLdW and dLdb.
#
# dLdZ is the gradient of the loss with respect to Z, the layer's output; in the table, Z is called out. The shapes
# below are those of the given case; your layer is also tested on other cases.

import numpy as np


class Conv1d:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.kernel_size = kernel_size
        self.W = np.zeros((out_channels, in_channels, kernel_size))
        self.b = np.zeros(out_channels)

    def forward(self, A):
        """Multiply every kernel with every window, sum, and add the bias. No padding; the stride is 1

        A: shape (6, 3, 9), examples, channels and positions
        W: shape (5, 3, 4), output channels, input channels and kernel; b: shape (5,)
        returns Z, shape (6, 5, 6): there are 9 - 4 + 1 windows
        """
        # TODO: write the forward pass
        raise NotImplementedError

    def backward(self, dLdZ):
        """The gradients of A, W and b from dLdZ, shape (6, 5, 6)

        sets self.dLdW, shape (5, 3, 4), and self.dLdb, shape (5,)
        returns dLdA, shape (6, 3, 9)
        """
        # TODO: write the backward pass
        raise NotImplementedError
