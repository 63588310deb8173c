# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dlosses(losses, active):
    # the mean over the tokens that count; the others are in the sum as well, but with a loss of zero
    return torch.ones_like(losses) / active.sum()


def dpicked(dlosses, active):
    return -(dlosses * active)


def dlogp(dpicked, logp, safe, N):
    dlogp = torch.zeros_like(logp)
    dlogp[range(N), safe] = dpicked
    return dlogp


def dlse(dlogp):
    return (-dlogp).sum(1, keepdim=True)


def dsumexp(dlse, sumexp):
    return dlse / sumexp


def dexpd(dsumexp, expd):
    # a sum passes its gradient to everything it summed
    return dsumexp.expand_as(expd)


def dshifted(dlogp, dexpd, expd):
    # the second path is the softmax: expd/sumexp times what went into dlse
    return dlogp + dexpd*expd


def dflat(dshifted):
    return dshifted


def dlogits(dflat, logits):
    return dflat.view(logits.shape)
