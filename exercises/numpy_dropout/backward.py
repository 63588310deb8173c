# Your turn: the forward and the backward pass of dropout in training, a function for each.
#
# Here, p is the share that is KEPT, and what is kept is divided by p. Draw the mask like this, so that it is the one of
# forward.py: np.random.seed(seed), then np.random.rand(*x.shape) < p.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def dropout_forward(x, dropout_param):
    """out = x / p where the mask says keep, else 0

    x: shape (9, 7); dropout_param: a dict with mode, which is always train here, p, the share that is kept, and seed
    returns out, shape (9, 7), and the cache for dropout_backward
    """
    # TODO: write dropout_forward
    raise NotImplementedError


def dropout_backward(dout, cache):
    """The gradient of the loss, given that of out.

    dout: shape (9, 7), like out; cache: what dropout_forward returned
    returns dx, shape (9, 7)
    """
    # TODO: write dropout_backward
    raise NotImplementedError
