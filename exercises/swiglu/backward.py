# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Two products in a row, so use the product rule twice; and gate is used twice, as a factor and in the sigmoid.
#
# Arguments are passed by name: a parameter can be any forward value (sig, Wd, ...) or the gradient of anything
# computed from your variable (dhid, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dout(cot):
    """loss = (out * cot).sum()

    shape (4, 6, 8), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dhid(dout, Wd):
    """out = hid @ Wd

    shape (4, 6, 13), like hid
    """
    # TODO: write dhid
    raise NotImplementedError


def dWd(dout, hid):
    """out = hid @ Wd

    shape (13, 8), like Wd
    """
    # TODO: write dWd
    raise NotImplementedError


def dup(dhid, act):
    """hid = act * up

    shape (4, 6, 13), like up
    """
    # TODO: write dup
    raise NotImplementedError


def dact(dhid, up):
    """hid = act * up

    shape (4, 6, 13), like act
    """
    # TODO: write dact
    raise NotImplementedError


def dsig(dact, gate):
    """act = gate * sig

    shape (4, 6, 13), like sig
    """
    # TODO: write dsig
    raise NotImplementedError


def dgate(dact, dsig, sig):
    """sig = torch.sigmoid(gate)
       act = gate * sig

    shape (4, 6, 13), like gate
    """
    # TODO: write dgate
    raise NotImplementedError


def dWu(dup, x):
    """up = x @ Wu

    shape (8, 13), like Wu
    """
    # TODO: write dWu
    raise NotImplementedError


def dWg(dgate, x):
    """gate = x @ Wg

    shape (8, 13), like Wg
    """
    # TODO: write dWg
    raise NotImplementedError


def dx(dgate, dup, Wg, Wu):
    """gate = x @ Wg
       up = x @ Wu

    shape (4, 6, 8), like x
    """
    # TODO: write dx
    raise NotImplementedError
