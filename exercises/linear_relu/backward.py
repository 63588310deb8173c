# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# dx means "the derivative of the loss with respect to x", and it always has the shape of x. For a matrix
# product that is half the answer: usually only one product of what you have gives the right shape.
#
# Arguments are passed by name: a parameter can be any forward value (h, W2, ...) or the gradient of anything
# computed from your variable (dout, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dsq(sq):
    """loss = sq.mean()

    shape (16, 3), like sq
    """
    # TODO: write dsq
    raise NotImplementedError


def ddiff(dsq, diff):
    """sq = diff**2

    shape (16, 3), like diff
    """
    # TODO: write ddiff
    raise NotImplementedError


def dout(ddiff):
    """diff = out - y

    shape (16, 3), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dh(dout, W2):
    """out = h @ W2 + b2

    shape (16, 12), like h
    """
    # TODO: write dh
    raise NotImplementedError


def dW2(dout, h):
    """out = h @ W2 + b2

    shape (12, 3), like W2
    """
    # TODO: write dW2
    raise NotImplementedError


def db2(dout):
    """out = h @ W2 + b2

    shape (3,), like b2
    """
    # TODO: write db2
    raise NotImplementedError


def dz1(dh, z1):
    """h = torch.relu(z1)

    shape (16, 12), like z1
    """
    # TODO: write dz1
    raise NotImplementedError


def dx(dz1, W1):
    """z1 = x @ W1 + b1

    shape (16, 6), like x
    """
    # TODO: write dx
    raise NotImplementedError


def dW1(dz1, x):
    """z1 = x @ W1 + b1

    shape (6, 12), like W1
    """
    # TODO: write dW1
    raise NotImplementedError


def db1(dz1):
    """z1 = x @ W1 + b1

    shape (12,), like b1
    """
    # TODO: write db1
    raise NotImplementedError
