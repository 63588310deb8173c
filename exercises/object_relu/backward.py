# Your turn: a ReLU as an object. forward() keeps on the object what backward() needs.
#
# dLdA is the gradient of the loss with respect to A, the layer's output; in the table, A is called out. The shapes
# below are those of the given case; your layer is also tested on other cases.

import numpy as np


class ReLU:
    def forward(self, Z):
        """A = Z where Z is positive, and 0 elsewhere

        Z: shape (9, 6)
        returns A, shape (9, 6)
        """
        # TODO: write the forward pass
        raise NotImplementedError

    def backward(self, dLdA):
        """The gradient of Z from dLdA, shape (9, 6)

        returns dLdZ, shape (9, 6)
        """
        # TODO: write the backward pass
        raise NotImplementedError
