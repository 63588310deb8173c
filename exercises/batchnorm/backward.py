# Your turn: backpropagate through the whole of batch normalization in one go.
#
# You know two of the three from the mlp exercise. For dhprebn, take pencil and paper: hprebn reaches
# hpreact directly, through the mean and through the variance. Add up the three, simplify, and write one line.
# Your result will be correct without being bit-equal to autograd's, which is expected here.

import torch


def dbngain(dhpreact, bnraw):
    """hpreact = bngain * bnraw + bnbias

    shape (1, 64), like bngain
    """
    # TODO: write dbngain
    raise NotImplementedError


def dbnbias(dhpreact):
    """hpreact = bngain * bnraw + bnbias

    shape (1, 64), like bnbias
    """
    # TODO: write dbnbias
    raise NotImplementedError


def dhprebn(dhpreact, bngain, bnraw, bnvar_inv, n):
    """bnmean = hprebn.mean(0, keepdim=True)
       bnvar = hprebn.var(0, keepdim=True, unbiased=True)
       bnvar_inv = (bnvar + 1e-5)**-0.5
       bnraw = (hprebn - bnmean) * bnvar_inv
       hpreact = bngain * bnraw + bnbias

    shape (32, 64), like hprebn
    """
    # TODO: write dhprebn
    raise NotImplementedError
