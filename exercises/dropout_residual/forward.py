# A residual connection with dropout in its branch: what holds every transformer together.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

# the 6 variables whose gradients you write, in the order of the backward pass
GRADED = ['out', 'dropped', 'kept', 'branch', 'x', 'W']

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 12 or a [:16] typed by hand shows
SIZES = [
    {'n': 9, 'n_embd': 17},
    {'n': 19, 'n_embd': 6},
    {'n': 7, 'n_embd': 10},
]

def inputs(seed, n=16, n_embd=12):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, n_embd),      generator=g)
    W = torch.randn((n_embd, n_embd), generator=g) * n_embd**-0.5
    p = 0.1 + 0.3*torch.rand((), generator=g).item() # the share that is dropped
    mask = torch.rand((n, n_embd), generator=g) >= p # what is kept: drawn once, and given to you as it was drawn
    cot = torch.randn((n, n_embd), generator=g) # stands for the rest of the network
    return {'x': x, 'W': W, 'mask': mask, 'p': p, 'cot': cot}

def forward(x, W, mask, p, cot):
    branch = x @ W
    kept = branch * mask # zero where the mask says False
    dropped = kept / (1 - p) # what is left is made larger, so that the average stays
    out = x + dropped # the skip connection
    loss = (out * cot).sum() # so that dout is cot: any gradient that a network might send back
    return locals()
