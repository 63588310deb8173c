# A linear layer: every row of the minibatch times a matrix, plus a bias.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass returns
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 8 or [:6] is caught
SIZES = [
    {'n': 13, 'd': 3, 'm': 11},
    {'n': 3, 'd': 14, 'm': 2},
    {'n': 9, 'd': 4, 'm': 3},
]

def inputs(seed, n=8, d=6, m=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g)
    w = torch.randn((d, m), generator=g) * d**-0.5
    b = torch.randn(m,      generator=g)
    return {'x': x, 'w': w, 'b': b}

def forward(x, w, b):
    z = x @ w # (n, m)
    out = z + b # the bias is added to every row
    return locals()
