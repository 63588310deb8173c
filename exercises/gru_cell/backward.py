# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# n is the new gate here, not the minibatch size. Draw the graph once: which lines use h? You will need it for
# the second-to-last function.
#
# Arguments are passed by name: a parameter can be any forward value (hh, Whn, ...) or the gradient of anything
# computed from your variable (dna, dloss, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dhnew(cot):
    """loss = (hnew * cot).sum()

    shape (10, 8), like hnew
    """
    # TODO: write dhnew
    raise NotImplementedError


def dn(dhnew, z):
    """hnew = (1 - z) * n + z * h

    shape (10, 8), like n
    """
    # TODO: write dn
    raise NotImplementedError


def dna(dn, n):
    """n = torch.tanh(na)

    shape (10, 8), like na
    """
    # TODO: write dna
    raise NotImplementedError


def dbn(dna):
    """na = x @ Wxn + bn + r * hh

    shape (8,), like bn
    """
    # TODO: write dbn
    raise NotImplementedError


def dWxn(dna, x):
    """na = x @ Wxn + bn + r * hh

    shape (6, 8), like Wxn
    """
    # TODO: write dWxn
    raise NotImplementedError


def dhh(dna, r):
    """na = x @ Wxn + bn + r * hh

    shape (10, 8), like hh
    """
    # TODO: write dhh
    raise NotImplementedError


def dbhn(dhh):
    """hh = h @ Whn + bhn

    shape (8,), like bhn
    """
    # TODO: write dbhn
    raise NotImplementedError


def dWhn(dhh, h):
    """hh = h @ Whn + bhn

    shape (8, 8), like Whn
    """
    # TODO: write dWhn
    raise NotImplementedError


def dz(dhnew, n, h):
    """hnew = (1 - z) * n + z * h

    shape (10, 8), like z
    """
    # TODO: write dz
    raise NotImplementedError


def dza(dz, z):
    """z = torch.sigmoid(za)

    shape (10, 8), like za
    """
    # TODO: write dza
    raise NotImplementedError


def dbz(dza):
    """za = x @ Wxz + h @ Whz + bz

    shape (8,), like bz
    """
    # TODO: write dbz
    raise NotImplementedError


def dWhz(dza, h):
    """za = x @ Wxz + h @ Whz + bz

    shape (8, 8), like Whz
    """
    # TODO: write dWhz
    raise NotImplementedError


def dWxz(dza, x):
    """za = x @ Wxz + h @ Whz + bz

    shape (6, 8), like Wxz
    """
    # TODO: write dWxz
    raise NotImplementedError


def dr(dna, hh):
    """na = x @ Wxn + bn + r * hh

    shape (10, 8), like r
    """
    # TODO: write dr
    raise NotImplementedError


def dra(dr, r):
    """r = torch.sigmoid(ra)

    shape (10, 8), like ra
    """
    # TODO: write dra
    raise NotImplementedError


def dbr(dra):
    """ra = x @ Wxr + h @ Whr + br

    shape (8,), like br
    """
    # TODO: write dbr
    raise NotImplementedError


def dWhr(dra, h):
    """ra = x @ Wxr + h @ Whr + br

    shape (8, 8), like Whr
    """
    # TODO: write dWhr
    raise NotImplementedError


def dWxr(dra, x):
    """ra = x @ Wxr + h @ Whr + br

    shape (6, 8), like Wxr
    """
    # TODO: write dWxr
    raise NotImplementedError


def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    """ra = x @ Wxr + h @ Whr + br
       za = x @ Wxz + h @ Whz + bz
       hh = h @ Whn + bhn
       hnew = (1 - z) * n + z * h

    shape (10, 8), like h
    """
    # TODO: write dh
    raise NotImplementedError


def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    """ra = x @ Wxr + h @ Whr + br
       za = x @ Wxz + h @ Whz + bz
       na = x @ Wxn + bn + r * hh

    shape (10, 6), like x
    """
    # TODO: write dx
    raise NotImplementedError
