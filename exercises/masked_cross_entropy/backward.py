# Your turn: the gradients of the loss, one function for each variable in forward.py.
#
# A target of -1 means that this token does not count: `active` says which ones do. Tokens that do not count
# must not change any logit, and must not be part of the average either.
#
# Arguments are passed by name: a parameter can be any forward value (active, N, ...) or the gradient of anything
# computed from your variable (dlogp, dloss, ...). The shapes below are those of the given case; your functions
# are also tested on other cases.

import torch
import torch.nn.functional as F


def dlosses(losses, active):
    """loss = losses.sum() / active.sum()

    shape (128,), like losses
    """
    # TODO: write dlosses
    raise NotImplementedError


def dpicked(dlosses, active):
    """losses = -picked * active

    shape (128,), like picked
    """
    # TODO: write dpicked
    raise NotImplementedError


def dlogp(dpicked, logp, safe, N):
    """picked = logp[range(N), safe]

    shape (128, 27), like logp
    """
    # TODO: write dlogp
    raise NotImplementedError


def dlse(dlogp):
    """logp = shifted - lse

    shape (128, 1), like lse
    """
    # TODO: write dlse
    raise NotImplementedError


def dsumexp(dlse, sumexp):
    """lse = sumexp.log()

    shape (128, 1), like sumexp
    """
    # TODO: write dsumexp
    raise NotImplementedError


def dexpd(dsumexp, expd):
    """sumexp = expd.sum(1, keepdim=True)

    shape (128, 27), like expd
    """
    # TODO: write dexpd
    raise NotImplementedError


def dshifted(dlogp, dexpd, expd):
    """expd = shifted.exp()
       logp = shifted - lse

    shape (128, 27), like shifted
    """
    # TODO: write dshifted
    raise NotImplementedError


def dflat(dshifted):
    """shifted = flat - flat.detach().max(1, keepdim=True).values

    shape (128, 27), like flat
    """
    # TODO: write dflat
    raise NotImplementedError


def dlogits(dflat, logits):
    """flat = logits.view(N, -1)

    shape (16, 8, 27), like logits
    """
    # TODO: write dlogits
    raise NotImplementedError
