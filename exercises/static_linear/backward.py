# Your turn: a linear layer as a class with two static methods. The layer keeps no state of its own: all that the
# backward pass needs goes into the cache, which can be a tuple, a dict or any other object.
#
# dout is the gradient of the loss with respect to out. The shapes below are those of the given case; your layer is
# also tested on other cases.

import torch


class Linear:
    @staticmethod
    def forward(x, w, b):
        """out = x @ w + b

        x: shape (8, 6), w: shape (6, 5), b: shape (5,)
        returns out, shape (8, 5), and the cache
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(dout, cache):
        """The gradients of x, w and b from dout, shape (8, 5), and the cache

        returns dx, shape (8, 6), dw, shape (6, 5), and db, shape (5,)
        """
        # TODO: write the backward pass
        raise NotImplementedError
