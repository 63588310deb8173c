# Layer normalization: every example gets mean zero and variance one over its features.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'gamma', 'beta']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:10] is caught
SIZES = [
    {'n': 13, 'd': 7},
    {'n': 4, 'd': 16},
    {'n': 8, 'd': 9},
]

def inputs(seed, n=6, d=10):
    g = torch.Generator().manual_seed(seed)
    x     = torch.randn((n, d), generator=g) * 2 + torch.randn((n, 1), generator=g)
    x[0] *= 0.005 # the first example hardly varies, so that epsilon matters
    gamma = torch.randn(d,      generator=g) * 0.3 + 1.0
    beta  = torch.randn(d,      generator=g) * 0.3
    return {'x': x, 'gamma': gamma, 'beta': beta}

def forward(x, gamma, beta):
    mean = x.mean(1, keepdim=True) # (n, 1): over the features
    xc = x - mean
    sq = xc**2
    var = sq.mean(1, keepdim=True) # (n, 1): divided by d, not by d - 1
    std = (var + 1e-5)**0.5
    xhat = xc / std
    out = gamma*xhat + beta
    return locals()
