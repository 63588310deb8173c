# Your turn: a convolution as a class with two static methods. Loops are fine: it does not have to be fast.
#
# dout is the gradient of the loss with respect to out. The shapes below are those of the given case, where the stride
# is 2 and the border is 1 pixel wide; your layer is also tested on other cases, with other strides and borders.

import torch


class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        """Multiply every kernel with every window, sum, and add the bias

        x: shape (4, 3, 9, 6), images, channels, height and width
        w: shape (7, 3, 3, 2), kernels, channels, height and width; b: shape (7,)
        conv_param: a dict with stride, from one window to the next in both directions, and pad, the width of the
        border of zeros on all four sides
        returns out, shape (4, 7, 5, 4), and the cache. The height of out is 1 + (H + 2*pad - HH) / stride, where H
        and HH are the heights of image and kernel, and its width likewise; the windows fit exactly
        """
        # TODO: write the forward pass
        raise NotImplementedError

    @staticmethod
    def backward(dout, cache):
        """The gradients of x, w and b from dout, shape (4, 7, 5, 4), and the cache

        returns dx, shape (4, 3, 9, 6), dw, shape (7, 3, 3, 2), and db, shape (7,)
        """
        # TODO: write the backward pass
        raise NotImplementedError
