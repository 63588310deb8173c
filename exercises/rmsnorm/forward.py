# Normalization by the root mean square: what newer language models use instead of layer norm.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 7 variables whose gradients you write, in the order of the backward pass
GRADED = ['out', 'norm', 'w', 'rrms', 'ms', 'sq', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 8 or [:12] is caught
SIZES = [
    {'n': 13, 'T': 3, 'C': 15},
    {'n': 6, 'T': 14, 'C': 7},
    {'n': 7, 'T': 6, 'C': 9},
]

def inputs(seed, n=8, T=5, C=12):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, T, C), generator=g) * 1.3 + 0.3*torch.randn(C, generator=g)
    x[:, 0] *= 0.01 # the first position is small, so that epsilon matters
    w = torch.randn(C,         generator=g)*0.2 + 1.0
    cot = torch.randn((n, T, C), generator=g) # stands in for the rest of the network
    return {'x': x, 'w': w, 'cot': cot}

def forward(x, w, cot):
    C = cot.shape[2] # number of features per token
    sq = x**2
    ms = sq.mean(2, keepdim=True) # the mean square; no mean is subtracted
    rrms = (ms + 1e-5)**-0.5
    norm = x * rrms
    out = norm * w
    loss = (out * cot).sum() # makes dout equal to cot, an arbitrary upstream gradient
    return locals()
