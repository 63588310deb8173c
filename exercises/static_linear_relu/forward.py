# A linear layer and the ReLU behind it, as one layer.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass returns
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:5] is caught
SIZES = [
    {'n': 12, 'd': 4, 'm': 10},
    {'n': 4, 'd': 11, 'm': 3},
    {'n': 9, 'd': 3, 'm': 2},
]

def inputs(seed, n=7, d=5, m=6):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g)
    w = torch.randn((d, m), generator=g) * d**-0.5
    b = torch.randn(m,      generator=g) * 0.5
    return {'x': x, 'w': w, 'b': b}

def forward(x, w, b):
    a = x @ w + b # (n, m)
    out = torch.relu(a)
    return locals()
