# One step of a plain recurrent network: the input and the previous state become the next state.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['next_h', 'x', 'prev_h', 'Wx', 'Wh', 'b']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:5] is caught
SIZES = [
    {'n': 11, 'd': 2, 'h': 8},
    {'n': 5, 'd': 12, 'h': 3},
    {'n': 10, 'd': 6, 'h': 4},
]

def inputs(seed, n=7, d=3, h=5):
    g = torch.Generator().manual_seed(seed)
    x       = torch.randn((n, d), generator=g)
    prev_h  = torch.randn((n, h), generator=g) * 0.5 # the state after the previous step
    Wx      = torch.randn((d, h), generator=g) * d**-0.5
    Wh      = torch.randn((h, h), generator=g) * h**-0.5
    b       = torch.randn(h,      generator=g) * 0.1
    dnext_h = torch.randn((n, h), generator=g) # the upstream gradient: from the loss and from the next step
    return {'x': x, 'prev_h': prev_h, 'Wx': Wx, 'Wh': Wh, 'b': b, 'dnext_h': dnext_h}

def forward(x, prev_h, Wx, Wh, b, dnext_h):
    z = x @ Wx + prev_h @ Wh + b # (n, h)
    next_h = torch.tanh(z)
    loss = (next_h * dnext_h).sum() # makes dnext_h the gradient of next_h
    return locals()
