# The ReLU: negative numbers become zero, the others pass. It works on an array of any shape.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradient that its backward pass returns
GRADED = ['out', 'Z']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:5] is caught
SIZES = [
    {'n': 11, 'd': 4},
    {'n': 5, 'd': 13},
    {'n': 7, 'd': 3},
]

def inputs(seed, n=9, d=6):
    g = torch.Generator().manual_seed(seed)
    Z = torch.randn((n, d), generator=g)
    return {'Z': Z}

def forward(Z):
    out = torch.relu(Z)
    return locals()
