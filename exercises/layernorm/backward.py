# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Once all eleven are right, try dx again in one go, using only dnorm, norm and rstd. Three terms remain on paper,
# and that one line is what every transformer library runs. It is correct without being bit-equal.
#
# Arguments are passed by name: a parameter can be any forward value (norm, C, ...) or the gradient of anything
# computed from your variable (dnorm, dloss, ...). The shapes below are those of the given case; your functions
# are also tested on other cases.

import torch


def dout(cot):
    """loss = (out * cot).sum()

    shape (8, 5, 12), like out
    """
    # TODO: write dout
    raise NotImplementedError


def dscaled(dout):
    """out = scaled + b

    shape (8, 5, 12), like scaled
    """
    # TODO: write dscaled
    raise NotImplementedError


def db(dout):
    """out = scaled + b

    shape (12,), like b
    """
    # TODO: write db
    raise NotImplementedError


def dnorm(dscaled, w):
    """scaled = norm * w

    shape (8, 5, 12), like norm
    """
    # TODO: write dnorm
    raise NotImplementedError


def dw(dscaled, norm):
    """scaled = norm * w

    shape (12,), like w
    """
    # TODO: write dw
    raise NotImplementedError


def drstd(dnorm, xshift):
    """norm = xshift * rstd

    shape (8, 5, 1), like rstd
    """
    # TODO: write drstd
    raise NotImplementedError


def dvar(drstd, var):
    """rstd = (var + 1e-5)**-0.5

    shape (8, 5, 1), like var
    """
    # TODO: write dvar
    raise NotImplementedError


def dxshift2(dvar, xshift2, C):
    """var = xshift2.mean(2, keepdim=True)

    shape (8, 5, 12), like xshift2
    """
    # TODO: write dxshift2
    raise NotImplementedError


def dxshift(dnorm, dxshift2, rstd, xshift):
    """xshift2 = xshift**2
       norm = xshift * rstd

    shape (8, 5, 12), like xshift
    """
    # TODO: write dxshift
    raise NotImplementedError


def dmean(dxshift):
    """xshift = x - mean

    shape (8, 5, 1), like mean
    """
    # TODO: write dmean
    raise NotImplementedError


def dx(dxshift, dmean, C):
    """mean = x.mean(2, keepdim=True)
       xshift = x - mean

    shape (8, 5, 12), like x
    """
    # TODO: write dx
    raise NotImplementedError
