# An affine layer: every example becomes one row of numbers and is multiplied by a matrix of weights.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:5] is caught
SIZES = [
    {'n': 5, 'd1': 2, 'd2': 9, 'm': 11},
    {'n': 12, 'd1': 8, 'd2': 3, 'm': 4},
    {'n': 8, 'd1': 5, 'd2': 2, 'm': 3},
]

def inputs(seed, n=7, d1=3, d2=4, m=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d1, d2), generator=g) # an example need not be a row: an image has two dimensions and more
    w = torch.randn((d1*d2, m),  generator=g) * (d1*d2)**-0.5
    b = torch.randn(m,           generator=g) * 0.1
    return {'x': x, 'w': w, 'b': b}

def forward(x, w, b):
    flat = x.reshape(x.shape[0], -1) # (n, d1*d2): every row is one example
    z = flat @ w # (n, m)
    out = z + b
    return locals()
