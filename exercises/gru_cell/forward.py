# One step of a GRU, as PyTorch computes it: the state is a mixture of a new proposal and of itself.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

# the 20 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'hnew', 'n', 'na', 'bn', 'Wxn', 'hh', 'bhn', 'Whn', 'z', 'za', 'bz', 'Whz', 'Wxz',
    'r', 'ra', 'br', 'Whr', 'Wxr', 'h', 'x',
]

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 6 or a [:10] typed by hand shows
SIZES = [
    {'n': 12, 'n_in': 11, 'n_hidden': 5},
    {'n': 7, 'n_in': 5, 'n_hidden': 13},
    {'n': 15, 'n_in': 7, 'n_hidden': 11},
]

def inputs(seed, n=10, n_in=6, n_hidden=8): # here n is the size of the minibatch; below, it is the new gate
    g = torch.Generator().manual_seed(seed)
    x   = torch.randn((n, n_in),            generator=g)
    h   = torch.randn((n, n_hidden),        generator=g) * 0.7 # the state so far
    Wxr = torch.randn((n_in, n_hidden),     generator=g) * n_in**-0.5
    Wxz = torch.randn((n_in, n_hidden),     generator=g) * n_in**-0.5
    Wxn = torch.randn((n_in, n_hidden),     generator=g) * n_in**-0.5
    Whr = torch.randn((n_hidden, n_hidden), generator=g) * n_hidden**-0.5
    Whz = torch.randn((n_hidden, n_hidden), generator=g) * n_hidden**-0.5
    Whn = torch.randn((n_hidden, n_hidden), generator=g) * n_hidden**-0.5
    br  = torch.randn(n_hidden,             generator=g) * 0.1
    bz  = torch.randn(n_hidden,             generator=g) * 0.1
    bn  = torch.randn(n_hidden,             generator=g) * 0.1
    bhn = torch.randn(n_hidden,             generator=g) * 0.3
    cot = torch.randn((n, n_hidden),        generator=g) # stands for the rest of the network
    return {
        'x': x, 'h': h, 'Wxr': Wxr, 'Wxz': Wxz, 'Wxn': Wxn, 'Whr': Whr, 'Whz': Whz, 'Whn': Whn,
        'br': br, 'bz': bz, 'bn': bn, 'bhn': bhn, 'cot': cot,
    }

def forward(x, h, Wxr, Wxz, Wxn, Whr, Whz, Whn, br, bz, bn, bhn, cot):
    ra = x @ Wxr + h @ Whr + br
    r = torch.sigmoid(ra) # how much of the state the proposal may see
    za = x @ Wxz + h @ Whz + bz
    z = torch.sigmoid(za) # how much of the state stays
    hh = h @ Whn + bhn
    na = x @ Wxn + bn + r * hh # note: r outside the matrix product, as in PyTorch (not in every paper)
    n = torch.tanh(na) # the proposal
    hnew = (1 - z) * n + z * h
    loss = (hnew * cot).sum() # so that dhnew is cot: any gradient that a network might send back
    return locals()
