# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# You could write seven of the nine in your sleep by now. The table wte is what is new: it is used at both ends
# of the network, and its two gradients are computed in very different ways.
#
# Arguments are passed by name: a parameter can be any forward value (idx, logp, ...) or the gradient of anything
# computed from your variable (dlogits, dloss, ...). The shapes below are those of the given case; your functions
# are also tested on other cases.

import torch
import torch.nn.functional as F


def dlogp(logp, y, n):
    """loss = -logp[range(n), y].mean()

    shape (32, 27), like logp
    """
    # TODO: write dlogp
    raise NotImplementedError


def dlse(dlogp):
    """logp = logits - lse

    shape (32, 1), like lse
    """
    # TODO: write dlse
    raise NotImplementedError


def dlogits(dlogp, dlse, logp):
    """lse = logits.logsumexp(1, keepdim=True)
       logp = logits - lse

    shape (32, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError


def dh(dlogits, wte):
    """logits = h @ wte.T

    shape (32, 10), like h
    """
    # TODO: write dh
    raise NotImplementedError


def dz(dh, h):
    """h = torch.tanh(z)

    shape (32, 10), like z
    """
    # TODO: write dz
    raise NotImplementedError


def db(dz):
    """z = x @ W + b

    shape (10,), like b
    """
    # TODO: write db
    raise NotImplementedError


def dW(dz, x):
    """z = x @ W + b

    shape (10, 10), like W
    """
    # TODO: write dW
    raise NotImplementedError


def dx(dz, W):
    """z = x @ W + b

    shape (32, 10), like x
    """
    # TODO: write dx
    raise NotImplementedError


def dwte(dlogits, dx, h, idx, wte):
    """x = wte[idx]
       logits = h @ wte.T

    shape (27, 10), like wte
    """
    # TODO: write dwte
    raise NotImplementedError
