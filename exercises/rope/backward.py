# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Every pair of numbers was rotated by an angle. Once dx1 and dx2 are right, look at them together: which way do
# they rotate the pair of gradients?
#
# Arguments are passed by name: a parameter can be any forward value (cos, half, ...) or the gradient of anything
# computed from your variable (dr1, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dout(cot):
    """loss = (out * cot).sum()

    shape (4, 7, 12), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dr1(dout, half):
    """out = torch.cat([r1, r2], 2)

    shape (4, 7, 6), like r1
    """
    # TODO: write dr1
    raise NotImplementedError


def dr2(dout, half):
    """out = torch.cat([r1, r2], 2)

    shape (4, 7, 6), like r2
    """
    # TODO: write dr2
    raise NotImplementedError


def dx1(dr1, dr2, cos, sin):
    """r1 = x1 * cos - x2 * sin
       r2 = x2 * cos + x1 * sin

    shape (4, 7, 6), like x1
    """
    # TODO: write dx1
    raise NotImplementedError


def dx2(dr1, dr2, cos, sin):
    """r1 = x1 * cos - x2 * sin
       r2 = x2 * cos + x1 * sin

    shape (4, 7, 6), like x2
    """
    # TODO: write dx2
    raise NotImplementedError


def dx(dx1, dx2):
    """x1 = x[:, :, :half]
       x2 = x[:, :, half:]

    shape (4, 7, 12), like x
    """
    # TODO: write dx
    raise NotImplementedError
