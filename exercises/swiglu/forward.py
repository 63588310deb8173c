# The feed-forward layer of Llama and similar models: two projections, one a gate, multiplied and projected back.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 10 variables whose gradients you write, in the order of the backward pass
GRADED = ['out', 'hid', 'Wd', 'up', 'act', 'sig', 'gate', 'Wu', 'Wg', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 4 or [:13] is caught.
# C is the size of a token vector, hidden the size of the hidden layer
SIZES = [
    {'n': 14, 'T': 5, 'C': 15, 'hidden': 7},
    {'n': 3, 'T': 16, 'C': 5, 'hidden': 17},
    {'n': 5, 'T': 7, 'C': 9, 'hidden': 11},
]

def inputs(seed, n=4, T=6, C=8, hidden=13):
    g = torch.Generator().manual_seed(seed)
    x  = torch.randn((n, T, C),   generator=g)
    Wg = torch.randn((C, hidden), generator=g) * 1.5*C**-0.5
    Wu = torch.randn((C, hidden), generator=g) * C**-0.5
    Wd = torch.randn((hidden, C), generator=g) * hidden**-0.5
    cot = torch.randn((n, T, C),  generator=g) # stands in for the rest of the network
    return {'x': x, 'Wg': Wg, 'Wu': Wu, 'Wd': Wd, 'cot': cot}

def forward(x, Wg, Wu, Wd, cot):
    gate = x @ Wg
    up = x @ Wu
    sig = torch.sigmoid(gate)
    act = gate * sig # silu, also called swish
    hid = act * up
    out = hid @ Wd
    loss = (out * cot).sum() # makes dout equal to cot, an arbitrary upstream gradient
    return locals()
