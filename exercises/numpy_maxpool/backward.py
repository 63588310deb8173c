# Your turn: the forward and the backward pass of max pooling, a function for each.
#
# Windows may overlap, and may leave pixels out: in the other cases they are of another size and another stride apart.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def max_pool_forward_naive(x, pool_param):
    """out = the largest pixel of each window

    x: shape (4, 3, 10, 13), images of 3 channels; no two pixels are equal
    pool_param: a dict with pool_height (2) and pool_width (3), the size of a window, and stride (2), how far apart the
    windows are; they fit the image exactly
    returns out, shape (4, 3, 5, 6), and the cache for max_pool_backward_naive
    """
    # TODO: write max_pool_forward_naive
    raise NotImplementedError


def max_pool_backward_naive(dout, cache):
    """The gradient of the loss, given that of out.

    dout: shape (4, 3, 5, 6), like out; cache: what max_pool_forward_naive returned
    returns dx, shape (4, 3, 10, 13)
    """
    # TODO: write max_pool_backward_naive
    raise NotImplementedError
