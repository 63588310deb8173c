# A linear layer as PyTorch has it: w has a row for each output feature.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradients that your backward() returns
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:7] is caught
SIZES = [
    {'n': 12, 't': 3, 'd': 5, 'm': 9},
    {'n': 5, 't': 11, 'd': 13, 'm': 4},
    {'n': 4, 't': 6, 'd': 3, 'm': 10},
]

def inputs(seed, n=6, t=4, d=7, m=8):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, t, d), generator=g)
    w = torch.randn((m, d),    generator=g) * d**-0.5
    b = torch.randn(m,         generator=g)
    return {'x': x, 'w': w, 'b': b}

def forward(x, w, b):
    product = x @ w.T # (n, t, m)
    out = product + b
    return locals()
