# A residual connection with dropout in its branch, as in every transformer.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 6 variables whose gradients you write, in the order of the backward pass
GRADED = ['out', 'dropped', 'kept', 'branch', 'x', 'W']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 12 or [:16] is caught
SIZES = [
    {'n': 9, 'n_embd': 17},
    {'n': 19, 'n_embd': 6},
    {'n': 7, 'n_embd': 10},
]

def inputs(seed, n=16, n_embd=12):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, n_embd),      generator=g)
    W = torch.randn((n_embd, n_embd), generator=g) * n_embd**-0.5
    p = 0.1 + 0.3*torch.rand((), generator=g).item() # the fraction that is dropped
    mask = torch.rand((n, n_embd), generator=g) >= p # what is kept: drawn once, and passed to you as drawn
    cot = torch.randn((n, n_embd), generator=g) # stands in for the rest of the network
    return {'x': x, 'W': W, 'mask': mask, 'p': p, 'cot': cot}

def forward(x, W, mask, p, cot):
    branch = x @ W
    kept = branch * mask # zero where the mask says False
    dropped = kept / (1 - p) # scale up what is left, so that the average stays the same
    out = x + dropped # the skip connection
    loss = (out * cot).sum() # makes dout equal to cot, an arbitrary upstream gradient
    return locals()
