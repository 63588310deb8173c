# Your turn: softmax and cross entropy as one object. forward() keeps on the object what backward() needs. The loss is a
# single number, so backward() is given nothing.
#
# The shapes below are those of the given case; your layer is also tested on other cases, and on scores so large that
# their exponentials overflow.

import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        """The mean over the examples of the negative log probability of the target

        A: shape (8, 6), the scores; Y: shape (8, 6), 1 at each example's target and 0 elsewhere
        returns the loss, a single number
        """
        # TODO: write the forward pass
        raise NotImplementedError

    def backward(self):
        """The gradient of A

        returns dLdA, shape (8, 6)
        """
        # TODO: write the backward pass
        raise NotImplementedError
