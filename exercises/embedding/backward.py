# Your turn: the gradients of the loss, one function for each variable of forward.py.
#
# The rest of the network is not here: instead, forward.py multiplies x by random numbers, cot, and sums.
# So the gradient that comes back to x is cot, and from there on it is your work.
#
# Parameters are filled in by their names: any value of the forward pass (idx, T, ...) and the gradient of
# anything computed from your variable later (dx, dloss, ...). The shapes named below are those of the first
# problem; your functions are tried on others as well.

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
