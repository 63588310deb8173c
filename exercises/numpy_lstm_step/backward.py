# Your turn: one step of an LSTM and its backward pass, a function for each.
#
# The four gates are cut out of one product, in the order i, f, o, g. The cell is used twice: for the output, and by
# the next step.
#
# The cache is yours: a tuple, a dict, whatever the backward pass needs. Arrays are numpy's, in float64. The shapes
# below are those of the given case; your functions are also tested on other cases.

import numpy as np


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """a = x @ Wx + prev_h @ Wh + b, in four parts: i, f, o through a sigmoid, g through a tanh
       next_c = f * prev_c + i * g
       next_h = o * tanh(next_c)

    x: shape (7, 5); prev_h, prev_c: shape (7, 4); Wx: shape (5, 16); Wh: shape (4, 16); b: shape (16,)
    returns next_h, next_c, each of shape (7, 4), and the cache for lstm_step_backward
    """
    # TODO: write lstm_step_forward
    raise NotImplementedError


def lstm_step_backward(dnext_h, dnext_c, cache):
    """The gradients of the loss, given those of next_h and next_c.

    dnext_h, dnext_c: shape (7, 4); cache: what lstm_step_forward returned
    returns dx, shape (7, 5); dprev_h, dprev_c, shape (7, 4); dWx, shape (5, 16); dWh, shape (4, 16); db, shape (16,)
    """
    # TODO: write lstm_step_backward
    raise NotImplementedError
