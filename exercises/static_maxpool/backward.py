# Your turn: max pooling as a class with two static methods. Loops are fine: it does not have to be fast.
#
# dout is the gradient of the loss with respect to out. The shapes below are those of the given case, where windows are
# 3 high and 2 wide and the stride is 2; your layer is also tested on other cases, with other windows and strides.

import torch


class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        """The largest number of every window, in every channel

        x: shape (4, 3, 11, 8), images, channels, height and width
        pool_param: a dict with pool_height and pool_width, the size of a window, and stride, from one window to the
        next in both directions
        returns out, shape (4, 3, 5, 4), and the cache. The height of out is 1 + (H - pool_height) / stride, where H
        is the height of an image, and its width likewise; the windows fit exactly
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(dout, cache):
        """The gradient of x from dout, shape (4, 3, 5, 4), and the cache

        returns dx, shape (4, 3, 11, 8)
        """
        # TODO: write the backward pass
        raise NotImplementedError
