# A recurrent network that reads four inputs, one after the other, with the same weights each time.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 14 variables whose gradients you write, in the order of the backward pass
GRADED = ['H', 'h4', 'a4', 'h3', 'a3', 'h2', 'a2', 'h1', 'a1', 'h0', 'bh', 'Whh', 'Wxh', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:10] is caught
SIZES = [
    {'n': 12, 'n_in': 11, 'n_hidden': 5},
    {'n': 7, 'n_in': 5, 'n_hidden': 13},
    {'n': 15, 'n_in': 7, 'n_hidden': 11},
]

def inputs(seed, n=10, n_in=6, n_hidden=8):
    g = torch.Generator().manual_seed(seed)
    x   = torch.randn((n, 4, n_in),         generator=g) # four inputs per example
    Wxh = torch.randn((n_in, n_hidden),     generator=g) * 0.6*n_in**-0.5
    Whh = torch.randn((n_hidden, n_hidden), generator=g) * 0.8*n_hidden**-0.5
    bh  = torch.randn(n_hidden,             generator=g) * 0.1
    h0  = torch.randn((n, n_hidden),        generator=g) * 0.5 # the initial state
    cot = torch.randn((n, 4, n_hidden),     generator=g) # stands in for the rest of the network
    return {'x': x, 'Wxh': Wxh, 'Whh': Whh, 'bh': bh, 'h0': h0, 'cot': cot}

def forward(x, Wxh, Whh, bh, h0, cot):
    a1 = x[:, 0] @ Wxh + h0 @ Whh + bh
    h1 = torch.tanh(a1)
    a2 = x[:, 1] @ Wxh + h1 @ Whh + bh
    h2 = torch.tanh(a2)
    a3 = x[:, 2] @ Wxh + h2 @ Whh + bh
    h3 = torch.tanh(a3)
    a4 = x[:, 3] @ Wxh + h3 @ Whh + bh
    h4 = torch.tanh(a4)
    H = torch.stack([h1, h2, h3, h4], 1) # (n, 4, n_hidden): every step contributes to the loss
    loss = (H * cot).sum() # makes dH equal to cot, an arbitrary upstream gradient
    return locals()
