# An affine layer at every time step of every sequence, with the same weights everywhere.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 5 or [:7] is caught.
# t is the length of a sequence
SIZES = [
    {'n': 10, 't': 3, 'd': 2, 'm': 8},
    {'n': 4, 't': 9, 'd': 11, 'm': 6},
    {'n': 8, 't': 5, 'd': 4, 'm': 3},
]

def inputs(seed, n=5, t=4, d=3, m=7):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, t, d), generator=g)
    w = torch.randn((d, m),    generator=g) * d**-0.5
    b = torch.randn(m,         generator=g) * 0.1
    return {'x': x, 'w': w, 'b': b}

def forward(x, w, b):
    z = x @ w # (n, t, m): the same product for each of the n*t rows
    out = z + b
    return locals()
