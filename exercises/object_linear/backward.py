# Your turn: a linear layer as an object. W and b are set before forward() is called. forward() keeps on the object what
# backward() needs; backward() returns dLdA and leaves the gradients of the parameters in dLdW and dLdb.
#
# dLdZ is the gradient of the loss with respect to Z, the layer's output; in the table, Z is called out. The shapes
# below are those of the given case; your layer is also tested on other cases.

import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.zeros((n_out, n_in))
        self.b = np.zeros((n_out, 1))

    def forward(self, A):
        """Z = A @ W.T, with b added to every row

        A: shape (7, 6), W: shape (8, 6), b: shape (8, 1)
        returns Z, shape (7, 8)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    def backward(self, dLdZ):
        """The gradients of A, W and b from dLdZ, shape (7, 8)

        sets self.dLdW, shape (8, 6), and self.dLdb, shape (8, 1)
        returns dLdA, shape (7, 6)
        """
        # TODO: write the backward pass
        raise NotImplementedError
