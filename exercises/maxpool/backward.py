# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# The maximum passes on one number and discards eight. In the backward pass, that one gets everything and the
# eight get nothing. No two pixels are equal here, so there is always a single maximum.
#
# Arguments are passed by name: a parameter can be any forward value (flat, Ho, c, ...) or the gradient of
# anything computed from your variable (dpooled, dloss, ...). The shapes below are those of the given case; your
# functions are also tested on other cases.

import torch
import torch.nn.functional as F


def dout(cot):
    """loss = (out * cot).sum()

    shape (5, 2, 3, 6), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dpooled(dout, pooled):
    """out = pooled.view(n, c, Ho, Wo)

    shape (5, 2, 18), like pooled
    """
    # TODO: write dpooled
    raise NotImplementedError


def dflat(dpooled, flat):
    """pooled = flat.max(2).values

    shape (5, 2, 9, 18), like flat
    """
    # TODO: write dflat
    raise NotImplementedError


def dcols(dflat, cols):
    """flat = cols.view(n, c, 9, -1)

    shape (5, 18, 18), like cols
    """
    # TODO: write dcols
    raise NotImplementedError


def dx(dcols, x):
    """cols = F.unfold(x, 3, stride=2)

    shape (5, 2, 8, 13), like x
    """
    # TODO: write dx
    raise NotImplementedError
