# Batch norm in training: every feature is normalized over the minibatch, then scaled and shifted.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass returns
GRADED = ['out', 'x', 'gamma', 'beta']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 8 or [:5] is caught
SIZES = [
    {'n': 13, 'd': 4},
    {'n': 6, 'd': 11},
    {'n': 10, 'd': 3},
]

def inputs(seed, n=8, d=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g) * (torch.rand(d, generator=g)*2 + 0.5) + torch.randn(d, generator=g)
    x[:, 0] *= 0.01 # the first feature hardly varies, so that epsilon matters
    gamma = torch.randn(d,  generator=g)*0.3 + 1.0
    beta = torch.randn(d,   generator=g)
    return {'x': x, 'gamma': gamma, 'beta': beta, 'n': n}

def forward(x, gamma, beta, n):
    mean = x.sum(0) / n # (d,)
    diff = x - mean # (n, d)
    var = (diff**2).sum(0) / n # divided by n, not by n - 1
    invstd = (var + 1e-5)**-0.5
    norm = diff * invstd
    out = norm * gamma + beta
    return locals()
