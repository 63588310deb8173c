# Your turn: inverted dropout as a class with two static methods. The mask is drawn for you, so that your layer can be
# compared: it is 1 where a number is kept and 0 where it is dropped. p is the share that is dropped; what is kept is
# scaled up, so that the mean stays what it was.
#
# dout is the gradient of the loss with respect to out. The shapes below are those of the given case; your layer is
# also tested on other cases.

import torch


class Dropout:
    @staticmethod
    def forward(x, mask, p):
        """Drop where mask is 0, and divide what is kept by its share, 1 - p

        x: shape (8, 6), mask: shape (8, 6), p: a number
        returns out, shape (8, 6), and the cache
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(dout, cache):
        """The gradient of x from dout, shape (8, 6), and the cache

        returns dx, shape (8, 6)
        """
        # TODO: write the backward pass
        raise NotImplementedError
