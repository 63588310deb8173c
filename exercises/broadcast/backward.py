# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Five rules are all you need for this exercise, and for all the others:
#   broadcast forward = sum backward           sum forward = broadcast backward
#   used twice = add the two gradients         dx has the shape of x
#   dx means "the derivative of the loss with respect to x"
#
# Parameters are filled in by their names: any value of the forward pass (c, scaled, ...) and the gradient of
# anything computed from your variable later (dscaled, dloss, ...). The shapes named below are those of the
# first problem; your functions are tried on others as well.

import torch


def dcubed(cubed):
    """loss = cubed.mean()

    shape (6, 9), like cubed
    """
    # TODO: write dcubed
    raise NotImplementedError


def dcentered(dcubed, centered):
    """cubed = centered**3

    shape (6, 9), like centered
    """
    # TODO: write dcentered
    raise NotImplementedError


def drowmean(dcentered):
    """centered = scaled - rowmean

    shape (6, 1), like rowmean
    """
    # TODO: write drowmean
    raise NotImplementedError


def dscaled(dcentered, drowmean, scaled):
    """rowmean = scaled.mean(1, keepdim=True)
       centered = scaled - rowmean

    shape (6, 9), like scaled
    """
    # TODO: write dscaled
    raise NotImplementedError


def dt(dscaled, shifted):
    """scaled = shifted * t

    a single number: shape (), like t
    """
    # TODO: write dt
    raise NotImplementedError


def dshifted(dscaled, t):
    """scaled = shifted * t

    shape (6, 9), like shifted
    """
    # TODO: write dshifted
    raise NotImplementedError


def db(dshifted):
    """shifted = prod + b

    shape (9,), like b
    """
    # TODO: write db
    raise NotImplementedError


def dprod(dshifted):
    """shifted = prod + b

    shape (6, 9), like prod
    """
    # TODO: write dprod
    raise NotImplementedError


def da(dprod, c):
    """prod = a * c

    shape (6, 9), like a
    """
    # TODO: write da
    raise NotImplementedError


def dc(dprod, a):
    """prod = a * c

    shape (6, 1), like c
    """
    # TODO: write dc
    raise NotImplementedError
