# Your turn: the gradients of the loss, one function for each number in forward.py.
#
# dx means "the derivative of the loss with respect to x": if x grows a little, how many times as
# much does the loss grow? Fill in a function, save, run `grade`, and look at its line. Each function is
# tested with correct upstream gradients (those of later numbers), so one mistake costs one line.
#
# Arguments are passed by name. Add or remove parameters to get what you need: any number in the forward
# pass (e, o, w1, ...) or the gradient of anything computed from yours (do, dloss, ...).

import torch


def derr(err):
    """loss = err**2

    a single number: shape (), like err
    """
    # TODO: write derr
    raise NotImplementedError


def do(derr):
    """err = o - target

    a single number: shape (), like o
    """
    # TODO: write do
    raise NotImplementedError


def de(do, e, o):
    """o = (e - 1)/(e + 1)

    a single number: shape (), like e
    """
    # TODO: write de
    raise NotImplementedError


def dn(de, e):
    """e = (2*n).exp()

    a single number: shape (), like n
    """
    # TODO: write dn
    raise NotImplementedError


def ds(dn):
    """n = s + b

    a single number: shape (), like s
    """
    # TODO: write ds
    raise NotImplementedError


def dx1w1(ds):
    """s = x1w1 + x2w2

    a single number: shape (), like x1w1
    """
    # TODO: write dx1w1
    raise NotImplementedError


def dx2w2(ds):
    """s = x1w1 + x2w2

    a single number: shape (), like x2w2
    """
    # TODO: write dx2w2
    raise NotImplementedError


def db(dn):
    """n = s + b

    a single number: shape (), like b
    """
    # TODO: write db
    raise NotImplementedError


def dx1(dx1w1, w1):
    """x1w1 = x1*w1

    a single number: shape (), like x1
    """
    # TODO: write dx1
    raise NotImplementedError


def dw1(dx1w1, x1):
    """x1w1 = x1*w1

    a single number: shape (), like w1
    """
    # TODO: write dw1
    raise NotImplementedError


def dx2(dx2w2, w2):
    """x2w2 = x2*w2

    a single number: shape (), like x2
    """
    # TODO: write dx2
    raise NotImplementedError


def dw2(dx2w2, x2):
    """x2w2 = x2*w2

    a single number: shape (), like w2
    """
    # TODO: write dw2
    raise NotImplementedError
