# Your turn: the forward and the backward pass of a ReLU, a function for each.
#
# Think about what the cache has to hold: what decides whether the gradient is let through?
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def relu_forward(x):
    """out = x where x is positive, else 0

    x: shape (6, 3, 5); any shape will do
    returns out, shape (6, 3, 5), and the cache for relu_backward
    """
    # TODO: write relu_forward
    raise NotImplementedError


def relu_backward(dout, cache):
    """The gradient of the loss, given that of out.

    dout: shape (6, 3, 5), like out; cache: what relu_forward returned
    returns dx, shape (6, 3, 5)
    """
    # TODO: write relu_backward
    raise NotImplementedError
