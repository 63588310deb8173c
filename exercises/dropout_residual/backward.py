# Your turn: the gradients of the loss, one function for each variable of forward.py.
#
# The mask was drawn on the way forward and is data now, like x: ask for it. So is p, a plain number.
# The rest of the network is not here: cot is the gradient that comes back to out.
#
# Parameters are filled in by their names: any value of the forward pass (mask, p, ...) and the gradient of
# anything computed from your variable later (dout, dloss, ...). The shapes named below are those of the first
# problem; your functions are tried on others as well.

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
