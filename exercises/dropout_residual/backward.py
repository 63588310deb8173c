# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# The mask was drawn in the forward pass and is now data, like x: ask for it. So is p, a plain number.
# cot stands in for the rest of the network: it is the gradient that comes back to out.
#
# Arguments are passed by name: a parameter can be any forward value (mask, p, ...) or the gradient of anything
# computed from your variable (dout, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dout(cot):
    """loss = (out * cot).sum()

    shape (16, 12), like out
    """
    # TODO: write dout
    raise NotImplementedError


def ddropped(dout):
    """out = x + dropped

    shape (16, 12), like dropped
    """
    # TODO: write ddropped
    raise NotImplementedError


def dkept(ddropped, p):
    """dropped = kept / (1 - p)

    shape (16, 12), like kept
    """
    # TODO: write dkept
    raise NotImplementedError


def dbranch(dkept, mask):
    """kept = branch * mask

    shape (16, 12), like branch
    """
    # TODO: write dbranch
    raise NotImplementedError


def dx(dout, dbranch, W):
    """branch = x @ W
       out = x + dropped

    shape (16, 12), like x
    """
    # TODO: write dx
    raise NotImplementedError


def dW(dbranch, x):
    """branch = x @ W

    shape (12, 12), like W
    """
    # TODO: write dW
    raise NotImplementedError
