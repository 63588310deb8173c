# Your turn: an affine layer at every time step and its backward pass, a function for each.
#
# Every time step of every sequence is an example of its own. What is summed over the examples in an affine layer is
# summed over both here.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def temporal_affine_forward(x, w, b):
    """out = x times w, plus b, at each time step

    x: shape (5, 4, 3), 5 sequences of 4 time steps; w: shape (3, 7); b: shape (7,)
    returns out, shape (5, 4, 7), and the cache for temporal_affine_backward
    """
    # TODO: write temporal_affine_forward
    raise NotImplementedError


def temporal_affine_backward(dout, cache):
    """The gradients of the loss, given that of out.

    dout: shape (5, 4, 7), like out; cache: what temporal_affine_forward returned
    returns dx, shape (5, 4, 3); dw, shape (3, 7); db, shape (7,)
    """
    # TODO: write temporal_affine_backward
    raise NotImplementedError
