# Your turn: batch norm as an object. BW and Bb are set before forward() is called. forward() keeps on the object what
# backward() needs; backward() returns dLdZ and leaves the gradients of the parameters in dLdBW and dLdBb. Only training
# is graded: what you do with the running averages, and with eval, is up to you.
#
# dLdBZ is the gradient of the loss with respect to BZ, the layer's output; in the table, BZ is called out. The shapes
# below are those of the given case; your layer is also tested on other cases.

import numpy as np


class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha # how much of the running averages stays
        self.eps = 1e-5
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        """Normalize every feature over the minibatch, then scale by BW and shift by Bb

        Z: shape (9, 5), BW: shape (1, 5), Bb: shape (1, 5); the variance is the mean of the squares
        returns BZ, shape (9, 5)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    def backward(self, dLdBZ):
        """The gradients of Z, BW and Bb from dLdBZ, shape (9, 5)

        sets self.dLdBW, shape (1, 5), and self.dLdBb, shape (1, 5)
        returns dLdZ, shape (9, 5)
        """
        # TODO: write the backward pass
        raise NotImplementedError
