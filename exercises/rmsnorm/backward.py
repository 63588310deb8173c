# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Similar to layer norm, but not the same: nothing is subtracted here, so one of its three paths is gone.
#
# Arguments are passed by name: a parameter can be any forward value (norm, C, ...) or the gradient of anything
# computed from your variable (dnorm, dloss, ...). The shapes below are those of the given case; your functions
# are also tested on other cases.

import torch


def dout(cot):
    """loss = (out * cot).sum()

    shape (8, 5, 12), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dnorm(dout, w):
    """out = norm * w

    shape (8, 5, 12), like norm
    """
    # TODO: write dnorm
    raise NotImplementedError


def dw(dout, norm):
    """out = norm * w

    shape (12,), like w
    """
    # TODO: write dw
    raise NotImplementedError


def drrms(dnorm, x):
    """norm = x * rrms

    shape (8, 5, 1), like rrms
    """
    # TODO: write drrms
    raise NotImplementedError


def dms(drrms, ms):
    """rrms = (ms + 1e-5)**-0.5

    shape (8, 5, 1), like ms
    """
    # TODO: write dms
    raise NotImplementedError


def dsq(dms, sq, C):
    """ms = sq.mean(2, keepdim=True)

    shape (8, 5, 12), like sq
    """
    # TODO: write dsq
    raise NotImplementedError


def dx(dnorm, dsq, rrms, x):
    """sq = x**2
       norm = x * rrms

    shape (8, 5, 12), like x
    """
    # TODO: write dx
    raise NotImplementedError
