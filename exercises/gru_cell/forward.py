# One step of a GRU, as PyTorch computes it: the new state is a mixture of the old state and a candidate.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 20 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'hnew', 'n', 'na', 'bn', 'Wxn', 'hh', 'bhn', 'Whn', 'z', 'za', 'bz', 'Whz', 'Wxz',
    'r', 'ra', 'br', 'Whr', 'Wxr', 'h', 'x',
]

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:10] is caught
SIZES = [
    {'n': 12, 'n_in': 11, 'n_hidden': 5},
    {'n': 7, 'n_in': 5, 'n_hidden': 13},
    {'n': 15, 'n_in': 7, 'n_hidden': 11},
]

def inputs(seed, n=10, n_in=6, n_hidden=8): # here n is the size of the minibatch; below, it is the new gate
    g = torch.Generator().manual_seed(seed)
    x   = torch.randn((n, n_in),            generator=g)
    h   = torch.randn((n, n_hidden),        generator=g) * 0.7 # the previous state
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
    cot = torch.randn((n, n_hidden),        generator=g) # stands in for the rest of the network
    return {
        'x': x, 'h': h, 'Wxr': Wxr, 'Wxz': Wxz, 'Wxn': Wxn, 'Whr': Whr, 'Whz': Whz, 'Whn': Whn,
        'br': br, 'bz': bz, 'bn': bn, 'bhn': bhn, 'cot': cot,
    }

def forward(x, h, Wxr, Wxz, Wxn, Whr, Whz, Whn, br, bz, bn, bhn, cot):
    ra = x @ Wxr + h @ Whr + br
    r = torch.sigmoid(ra) # how much of the state the candidate sees
    za = x @ Wxz + h @ Whz + bz
    z = torch.sigmoid(za) # how much of the state is kept
    hh = h @ Whn + bhn
    na = x @ Wxn + bn + r * hh # note: r is outside the matrix product, as in PyTorch (but not in every paper)
    n = torch.tanh(na) # the candidate
    hnew = (1 - z) * n + z * h
    loss = (hnew * cot).sum() # makes dhnew equal to cot, an arbitrary upstream gradient
    return locals()
