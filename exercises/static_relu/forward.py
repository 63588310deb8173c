# The ReLU: negative numbers become zero, the others pass. It works on a tensor of any shape.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradient that its backward pass returns
GRADED = ['out', 'x']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:4] is caught
SIZES = [
    {'n': 11, 't': 3, 'd': 9},
    {'n': 5, 't': 12, 'd': 4},
    {'n': 7, 't': 2, 'd': 8},
]

def inputs(seed, n=6, t=4, d=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, t, d), generator=g)
    return {'x': x}

def forward(x):
    out = torch.relu(x)
    return locals()
