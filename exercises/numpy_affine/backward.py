# Your turn: the forward and the backward pass of an affine layer, a function for each.
#
# Mind the shapes: x may have any number of dimensions. For the product, every example becomes one row; dx has the
# shape of x again.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def affine_forward(x, w, b):
    """out = x, as rows, times w, plus b

    x: shape (7, 3, 4), an example for each of the 7; w: shape (12, 5); b: shape (5,)
    returns out, shape (7, 5), and the cache for affine_backward
    """
    # TODO: write affine_forward
    raise NotImplementedError


def affine_backward(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (7, 5), like out; cache: what affine_forward returned
    returns dx, shape (7, 3, 4); dw, shape (12, 5); db, shape (5,)
    """
    # TODO: write affine_backward
    raise NotImplementedError
