# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# In place of the rest of the network, forward.py multiplies x by random numbers, cot, and sums.
# So the gradient that comes back to x is cot, and the rest is up to you.
#
# Arguments are passed by name: a parameter can be any forward value (idx, T, ...) or the gradient of anything
# computed from your variable (dx, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch
import torch.nn.functional as F


def dx(cot):
    """loss = (x * cot).sum()

    shape (16, 8, 10), like x
    """
    # TODO: write dx
    raise NotImplementedError


def dtok(dx):
    """x = tok + pos

    shape (16, 8, 10), like tok
    """
    # TODO: write dtok
    raise NotImplementedError


def dpos(dx):
    """x = tok + pos

    shape (8, 10), like pos
    """
    # TODO: write dpos
    raise NotImplementedError


def dwte(dtok, idx, wte):
    """tok = wte[idx]

    shape (27, 10), like wte
    """
    # TODO: write dwte
    raise NotImplementedError


def dwpe(dpos, wpe, T):
    """pos = wpe[:T]

    shape (11, 10), like wpe
    """
    # TODO: write dwpe
    raise NotImplementedError
