# One step of an LSTM: four gates decide what the cell forgets, takes in and outputs.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 18 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'h', 'tc', 'o', 'c', 'cprev', 'f', 'i', 'g', 'go', 'gg', 'gf', 'gi', 'gates', 'b', 'Wh', 'Wx', 'hprev', 'x',
]

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:10] is caught
SIZES = [
    {'n': 34, 'n_in': 35, 'n_hidden': 5},
    {'n': 7, 'n_in': 5, 'n_hidden': 33},
    {'n': 15, 'n_in': 7, 'n_hidden': 11},
]

def inputs(seed, n=10, n_in=6, n_hidden=8):
    g = torch.Generator().manual_seed(seed)
    x     = torch.randn((n, n_in),              generator=g)
    hprev = torch.randn((n, n_hidden),          generator=g) * 0.5 # the output of the previous step
    cprev = torch.randn((n, n_hidden),          generator=g) # the cell state so far
    Wx    = torch.randn((n_in, 4*n_hidden),     generator=g) * n_in**-0.5
    Wh    = torch.randn((n_hidden, 4*n_hidden), generator=g) * n_hidden**-0.5
    b     = torch.randn(4*n_hidden,             generator=g) * 0.1
    coth  = torch.randn((n, n_hidden),          generator=g) # stands in for the rest of the network, which uses h
    cotc  = torch.randn((n, n_hidden),          generator=g) # stands in for the next step, which uses c
    return {'x': x, 'hprev': hprev, 'cprev': cprev, 'Wx': Wx, 'Wh': Wh, 'b': b, 'coth': coth, 'cotc': cotc}

def forward(x, hprev, cprev, Wx, Wh, b, coth, cotc):
    H = coth.shape[1] # number of hidden units
    gates = x @ Wx + hprev @ Wh + b # all four at once, in PyTorch's order: i, f, g, o
    gi = gates[:, :H]
    gf = gates[:, H:2*H]
    gg = gates[:, 2*H:3*H]
    go = gates[:, 3*H:]
    i = torch.sigmoid(gi) # how much is taken in
    f = torch.sigmoid(gf) # how much is kept
    g = torch.tanh(gg) # the candidate values to take in
    o = torch.sigmoid(go) # how much is output
    c = f*cprev + i*g
    tc = torch.tanh(c)
    h = o*tc
    loss = (h * coth).sum() + (c * cotc).sum() # both are used later: h is the output, c is remembered
    return locals()
