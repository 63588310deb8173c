# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# Four steps, written out. Going back in time, each state gets two gradients: one from its slice of H, one from
# the next step. The weights were used four times, so they get four.
#
# Arguments are passed by name: a parameter can be any forward value (h2, Whh, ...) or the gradient of anything
# computed from your variable (da3, dH, ...). The shapes below are those of the given case; your functions are
# also tested on other cases.

import torch


def dH(cot):
    """loss = (H * cot).sum()

    shape (10, 4, 8), like H
    """
    # TODO: write dH
    raise NotImplementedError


def dh4(dH):
    """H = torch.stack([h1, h2, h3, h4], 1)

    shape (10, 8), like h4
    """
    # TODO: write dh4
    raise NotImplementedError


def da4(dh4, h4):
    """h4 = torch.tanh(a4)

    shape (10, 8), like a4
    """
    # TODO: write da4
    raise NotImplementedError


def dh3(dH, da4, Whh):
    """a4 = x[:, 3] @ Wxh + h3 @ Whh + bh
       H = torch.stack([h1, h2, h3, h4], 1)

    shape (10, 8), like h3
    """
    # TODO: write dh3
    raise NotImplementedError


def da3(dh3, h3):
    """h3 = torch.tanh(a3)

    shape (10, 8), like a3
    """
    # TODO: write da3
    raise NotImplementedError


def dh2(dH, da3, Whh):
    """a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
       H = torch.stack([h1, h2, h3, h4], 1)

    shape (10, 8), like h2
    """
    # TODO: write dh2
    raise NotImplementedError


def da2(dh2, h2):
    """h2 = torch.tanh(a2)

    shape (10, 8), like a2
    """
    # TODO: write da2
    raise NotImplementedError


def dh1(dH, da2, Whh):
    """a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
       H = torch.stack([h1, h2, h3, h4], 1)

    shape (10, 8), like h1
    """
    # TODO: write dh1
    raise NotImplementedError


def da1(dh1, h1):
    """h1 = torch.tanh(a1)

    shape (10, 8), like a1
    """
    # TODO: write da1
    raise NotImplementedError


def dh0(da1, Whh):
    """a1 = x[:, 0] @ Wxh + h0 @ Whh + bh

    shape (10, 8), like h0
    """
    # TODO: write dh0
    raise NotImplementedError


def dbh(da1, da2, da3, da4):
    """a1 = x[:, 0] @ Wxh + h0 @ Whh + bh
       a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
       a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
       a4 = x[:, 3] @ Wxh + h3 @ Whh + bh

    shape (8,), like bh
    """
    # TODO: write dbh
    raise NotImplementedError


def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    """a1 = x[:, 0] @ Wxh + h0 @ Whh + bh
       a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
       a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
       a4 = x[:, 3] @ Wxh + h3 @ Whh + bh

    shape (8, 8), like Whh
    """
    # TODO: write dWhh
    raise NotImplementedError


def dWxh(da1, da2, da3, da4, x):
    """a1 = x[:, 0] @ Wxh + h0 @ Whh + bh
       a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
       a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
       a4 = x[:, 3] @ Wxh + h3 @ Whh + bh

    shape (6, 8), like Wxh
    """
    # TODO: write dWxh
    raise NotImplementedError


def dx(da1, da2, da3, da4, Wxh):
    """a1 = x[:, 0] @ Wxh + h0 @ Whh + bh
       a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
       a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
       a4 = x[:, 3] @ Wxh + h3 @ Whh + bh

    shape (10, 4, 6), like x
    """
    # TODO: write dx
    raise NotImplementedError
