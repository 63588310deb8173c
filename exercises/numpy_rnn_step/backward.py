# Your turn: one step of a recurrent network and its backward pass, a function for each.
#
# Wh is square: a wrong transpose has the right shape, so think of what is summed.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """next_h = tanh(x @ Wx + prev_h @ Wh + b)

    x: shape (7, 3); prev_h: shape (7, 5); Wx: shape (3, 5); Wh: shape (5, 5); b: shape (5,)
    returns next_h, shape (7, 5), and the cache for rnn_step_backward
    """
    # TODO: write rnn_step_forward
    raise NotImplementedError


def rnn_step_backward(dnext_h, cache):
    """The gradients of the loss, given that of next_h.

    dnext_h: shape (7, 5), like next_h; cache: what rnn_step_forward returned
    returns dx, shape (7, 3); dprev_h, shape (7, 5); dWx, shape (3, 5); dWh, shape (5, 5); db, shape (5,)
    """
    # TODO: write rnn_step_backward
    raise NotImplementedError
