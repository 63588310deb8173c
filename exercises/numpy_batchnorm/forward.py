# Batch normalization in training: every feature gets mean zero and variance one over the minibatch.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'gamma', 'beta']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 12 or [:7] is caught
SIZES = [
    {'n': 15, 'd': 5},
    {'n': 9, 'd': 16},
    {'n': 14, 'd': 6},
]

def inputs(seed, n=12, d=7):
    g = torch.Generator().manual_seed(seed)
    x     = torch.randn((n, d), generator=g) * 2 + torch.randn(d, generator=g)
    x[:, 0] *= 0.005 # the first feature hardly varies, so that epsilon matters
    gamma = torch.randn(d,      generator=g) * 0.3 + 1.0
    beta  = torch.randn(d,      generator=g) * 0.3
    return {'x': x, 'gamma': gamma, 'beta': beta}

def forward(x, gamma, beta):
    mean = x.mean(0) # (d,): over the minibatch
    xc = x - mean
    sq = xc**2
    var = sq.mean(0) # (d,): divided by n, not by n - 1
    std = (var + 1e-5)**0.5
    xhat = xc / std
    out = gamma*xhat + beta
    return locals()
