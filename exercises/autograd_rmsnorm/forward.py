# RMS norm: every token is divided by the root of the mean square of its features, then scaled.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradients that your backward() returns
GRADED = ['out', 'x', 'w']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:9] is caught.
# C is the number of features
SIZES = [
    {'n': 12, 'T': 3, 'C': 8},
    {'n': 5, 'T': 13, 'C': 7},
    {'n': 4, 'T': 6, 'C': 11},
]

def inputs(seed, n=7, T=4, C=9):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, T, C), generator=g) * 1.3 + 0.5*torch.randn(C, generator=g)
    x[:, 0] *= 0.01 # the first position is small, so that epsilon matters
    w = torch.randn(C,         generator=g)*0.3 + 1.0
    return {'x': x, 'w': w}

def forward(x, w):
    ms = (x**2).mean(2, keepdim=True) # (n, T, 1)
    rrms = (ms + 1e-5)**-0.5
    norm = x * rrms # (n, T, C)
    out = norm * w
    return locals()
