# A rectified linear unit: what is negative becomes zero.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:5] is caught
SIZES = [
    {'n': 4, 'd1': 2, 'd2': 9},
    {'n': 11, 'd1': 8, 'd2': 3},
    {'n': 9, 'd1': 4, 'd2': 2},
]

def inputs(seed, n=6, d1=3, d2=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d1, d2), generator=g) # any shape will do
    return {'x': x}

def forward(x):
    out = torch.relu(x)
    return locals()
