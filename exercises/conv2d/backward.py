# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Once the windows are flattened, a convolution is a linear layer, so you already know most of this exercise.
# The new part is dxpad: windows overlap, and a pixel that is in several of them gets several gradients.
#
# Arguments are passed by name: a parameter can be any forward value (cols, Ho, c, ...) or the gradient of
# anything computed from your variable (doutmat, dloss, ...). The shapes below are those of the given case; your
# functions are also tested on other cases.

import torch
import torch.nn.functional as F


def dout(cot):
    """loss = (out * cot).sum()

    shape (6, 5, 4, 7), like out
    """
    # TODO: write dout
    raise NotImplementedError


def doutmat(dout, outmat):
    """out = outmat.view(n, o, Ho, Wo)

    shape (6, 5, 28), like outmat
    """
    # TODO: write doutmat
    raise NotImplementedError


def db(doutmat):
    """outmat = wmat @ cols + b[:, None]

    shape (5,), like b
    """
    # TODO: write db
    raise NotImplementedError


def dwmat(doutmat, cols, o, wmat):
    """outmat = wmat @ cols + b[:, None]

    shape (5, 18), like wmat
    """
    # TODO: write dwmat
    raise NotImplementedError


def dW(dwmat, W):
    """wmat = W.view(o, -1)

    shape (5, 3, 3, 2), like W
    """
    # TODO: write dW
    raise NotImplementedError


def dcols(doutmat, wmat):
    """outmat = wmat @ cols + b[:, None]

    shape (6, 18, 28), like cols
    """
    # TODO: write dcols
    raise NotImplementedError


def dxpad(dcols, xpad):
    """cols = F.unfold(xpad, (3, 2), stride=2)

    shape (6, 3, 10, 15), like xpad
    """
    # TODO: write dxpad
    raise NotImplementedError


def dx(dxpad):
    """xpad = F.pad(x, (1, 1, 1, 1))

    shape (6, 3, 8, 13), like x
    """
    # TODO: write dx
    raise NotImplementedError
