# Your turn: the value of the hinge loss and its gradient, both from one function.
#
# Do not forget the score of the right class: it is subtracted from every other class's.
#
# Arrays are numpy's, in float64; y holds integers. The shapes below are those of the given case; your function is also
# tested on other cases.

import numpy as np


def svm_loss(x, y):
    """loss = the mean over the examples of the sum over the wrong classes of max(0, score - right score + 1)

    x: shape (9, 5), the scores of 5 classes; y: shape (9,), the right class of each example
    returns loss, a number, and dx, shape (9, 5)
    """
    # TODO: write svm_loss
    raise NotImplementedError
