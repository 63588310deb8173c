# SwiGLU: one projection of the input is the gate of another.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradients that your backward() returns
GRADED = ['out', 'x', 'wg', 'wu']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:7] is caught.
# C is the number of features, H is the number of hidden units
SIZES = [
    {'n': 11, 'T': 3, 'C': 5, 'H': 9},
    {'n': 5, 'T': 12, 'C': 10, 'H': 6},
    {'n': 4, 'T': 6, 'C': 3, 'H': 13},
]

def inputs(seed, n=6, T=4, C=7, H=8):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, T, C), generator=g)
    wg = torch.randn((C, H),   generator=g) * C**-0.5 * 1.5
    wu = torch.randn((C, H),   generator=g) * C**-0.5
    return {'x': x, 'wg': wg, 'wu': wu}

def forward(x, wg, wu):
    gate = x @ wg # (n, T, H)
    up = x @ wu # (n, T, H)
    sig = torch.sigmoid(gate)
    act = gate * sig # silu, also called swish
    out = act * up
    return locals()
