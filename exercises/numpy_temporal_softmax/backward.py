# Your turn: the value of the softmax loss over time and its gradient, both from one function.
#
# The mask says which time steps count. The losses of these are added up, and the sum is divided by the number of
# sequences: not by the number of time steps, and not by how many of them count.
#
# Arrays are numpy's, in float64; y holds integers, mask holds True and False. The shapes below are those of the given
# case; your function is also tested on other cases.

import numpy as np


def temporal_softmax_loss(x, y, mask):
    """loss = the sum over all time steps that count of minus the log of the right word's probability, divided by 6

    x: shape (6, 5, 8), the scores of 8 words at each of 5 time steps of 6 sequences
    y: shape (6, 5), the right word; mask: shape (6, 5), False where nothing counts
    returns loss, a number, and dx, shape (6, 5, 8)
    """
    # TODO: write temporal_softmax_loss
    raise NotImplementedError
