# Your turn: the forward and the backward pass of a convolution, a function for each.
#
# Four loops, over images, filters, rows and columns of the output, are fine. Whatever the forward pass reads at a
# place, the backward pass adds to at the same place.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    """out = at each place of a filter, the sum of the pixels below it times its weights, plus its bias

    x: shape (4, 3, 11, 14), images of 3 channels; w: shape (5, 3, 3, 4), 5 filters; b: shape (5,)
    conv_param: a dict with stride (2), how far apart the windows are, and pad (1), the width of the border of zeros;
    the windows fit the padded image exactly
    returns out, shape (4, 5, 6, 7), and the cache for conv_backward_naive
    """
    # TODO: write conv_forward_naive
    raise NotImplementedError


def conv_backward_naive(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (4, 5, 6, 7), like out; cache: what conv_forward_naive returned
    returns dx, shape (4, 3, 11, 14); dw, shape (5, 3, 3, 4); db, shape (5,)
    """
    # TODO: write conv_backward_naive
    raise NotImplementedError
