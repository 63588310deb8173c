# Inverted dropout: some numbers are dropped, the others are scaled up, so that the mean stays what it was.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradient that its backward pass returns
GRADED = ['out', 'x']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 8 or [:5] is caught
SIZES = [
    {'n': 13, 'd': 4},
    {'n': 5, 'd': 12},
    {'n': 7, 'd': 3},
]

def inputs(seed, n=8, d=6):
    g = torch.Generator().manual_seed(seed)
    p = 0.25 if n % 2 == 0 else 0.4 # the share that is dropped
    x = torch.randn((n, d), generator=g)
    mask = (torch.rand((n, d), generator=g) >= p).float() # 1: kept, 0: dropped
    return {'x': x, 'mask': mask, 'p': p}

def forward(x, mask, p):
    out = x * mask / (1 - p)
    return locals()
