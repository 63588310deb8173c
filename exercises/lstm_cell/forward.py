# One step of an LSTM: four gates decide what the cell forgets, takes in and shows.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

# the 18 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'h', 'tc', 'o', 'c', 'cprev', 'f', 'i', 'g', 'go', 'gg', 'gf', 'gi', 'gates', 'b', 'Wh', 'Wx', 'hprev', 'x',
]

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 6 or a [:10] typed by hand shows
SIZES = [
    {'n': 34, 'n_in': 35, 'n_hidden': 5},
    {'n': 7, 'n_in': 5, 'n_hidden': 33},
    {'n': 15, 'n_in': 7, 'n_hidden': 11},
]

def inputs(seed, n=10, n_in=6, n_hidden=8):
    g = torch.Generator().manual_seed(seed)
    x     = torch.randn((n, n_in),              generator=g)
    hprev = torch.randn((n, n_hidden),          generator=g) * 0.5 # what the step before showed
    cprev = torch.randn((n, n_hidden),          generator=g) # what the cell remembers
    Wx    = torch.randn((n_in, 4*n_hidden),     generator=g) * n_in**-0.5
    Wh    = torch.randn((n_hidden, 4*n_hidden), generator=g) * n_hidden**-0.5
    b     = torch.randn(4*n_hidden,             generator=g) * 0.1
    coth  = torch.randn((n, n_hidden),          generator=g) # stands for the rest of the network, which reads h
    cotc  = torch.randn((n, n_hidden),          generator=g) # stands for the next step, which reads c
    return {'x': x, 'hprev': hprev, 'cprev': cprev, 'Wx': Wx, 'Wh': Wh, 'b': b, 'coth': coth, 'cotc': cotc}

def forward(x, hprev, cprev, Wx, Wh, b, coth, cotc):
    H = coth.shape[1] # how many hidden units there are
    gates = x @ Wx + hprev @ Wh + b # all four at once, PyTorch's order: i, f, g, o
    gi = gates[:, :H]
    gf = gates[:, H:2*H]
    gg = gates[:, 2*H:3*H]
    go = gates[:, 3*H:]
    i = torch.sigmoid(gi) # how much is taken in
    f = torch.sigmoid(gf) # how much is kept
    g = torch.tanh(gg) # what there is to take in
    o = torch.sigmoid(go) # how much is shown
    c = f*cprev + i*g
    tc = torch.tanh(c)
    h = o*tc
    loss = (h * coth).sum() + (c * cotc).sum() # both go on: h is shown, c is remembered
    return locals()
