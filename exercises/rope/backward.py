# Your turn: the gradients of the loss, one function for each variable of forward.py.
#
# Every pair of numbers was turned by an angle. When dx1 and dx2 are right, read them together: which way do
# they turn the pair of gradients?
#
# Parameters are filled in by their names: any value of the forward pass (cos, half, ...) and the gradient of
# anything computed from your variable later (dr1, dloss, ...). The shapes named below are those of the first
# problem; your functions are tried on others as well.

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
