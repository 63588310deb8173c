# One step of an LSTM: four gates decide what the cell forgets, takes in and outputs.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['next_h', 'next_c', 'x', 'prev_h', 'prev_c', 'Wx', 'Wh', 'b']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:5] is caught
SIZES = [
    {'n': 9, 'd': 3, 'h': 8},
    {'n': 5, 'd': 11, 'h': 3},
    {'n': 8, 'd': 4, 'h': 6},
]

def inputs(seed, n=7, d=5, h=4):
    g = torch.Generator().manual_seed(seed)
    x       = torch.randn((n, d),   generator=g)
    prev_h  = torch.randn((n, h),   generator=g) * 0.5 # the state after the previous step
    prev_c  = torch.randn((n, h),   generator=g) # what the cell remembers so far
    Wx      = torch.randn((d, 4*h), generator=g) * d**-0.5
    Wh      = torch.randn((h, 4*h), generator=g) * h**-0.5
    b       = torch.randn(4*h,      generator=g) * 0.1
    dnext_h = torch.randn((n, h),   generator=g) # upstream: from the rest of the network, which uses the state
    dnext_c = torch.randn((n, h),   generator=g) # upstream: from the next step, which uses the cell
    return {
        'x': x, 'prev_h': prev_h, 'prev_c': prev_c, 'Wx': Wx, 'Wh': Wh, 'b': b, 'dnext_h': dnext_h, 'dnext_c': dnext_c,
    }

def forward(x, prev_h, prev_c, Wx, Wh, b, dnext_h, dnext_c):
    H = dnext_h.shape[1] # number of hidden units
    a = x @ Wx + prev_h @ Wh + b # (n, 4*H): all four at once, in the order i, f, o, g
    ai = a[:, :H]
    af = a[:, H:2*H]
    ao = a[:, 2*H:3*H]
    ag = a[:, 3*H:]
    i = torch.sigmoid(ai) # how much is taken in
    f = torch.sigmoid(af) # how much is kept
    o = torch.sigmoid(ao) # how much is output
    g = torch.tanh(ag) # the candidate values to take in
    c = f*prev_c + i*g
    tc = torch.tanh(c)
    next_h = o*tc
    next_c = c.clone() # the same numbers, for the next step
    loss = (next_h * dnext_h).sum() + (next_c * dnext_c).sum() # makes them the gradients of next_h and next_c
    return locals()
