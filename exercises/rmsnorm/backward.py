# Your turn: the gradients of the loss, one function for each variable of forward.py.
#
# Close to layer norm, but not the same: nothing is subtracted here, so one of its three paths is gone.
#
# Parameters are filled in by their names: any value of the forward pass (norm, C, ...) and the gradient of
# anything computed from your variable later (dnorm, dloss, ...). The shapes named below are those of the first
# problem; your functions are tried on others as well.

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
