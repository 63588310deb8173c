# The worked solution. Each line is one of several correct forms: see right/ for others.

import torch
import torch.nn.functional as F


def dout(cot):
    return cot


def dpooled(dout, pooled):
    return dout.view(pooled.shape)


def dflat(dpooled, flat):
    # the whole gradient goes to the maximum of each window
    winners = flat.max(2, keepdim=True).indices
    return torch.zeros_like(flat).scatter(2, winners, dpooled.unsqueeze(2))


def dcols(dflat, cols):
    return dflat.view(cols.shape)


def dx(dcols, x):
    # a pixel that is the maximum of several windows gets the sum
    return F.fold(dcols, x.shape[2:], 3, stride=2)
