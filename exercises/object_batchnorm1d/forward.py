# Batch norm in training: every feature is normalized over the minibatch, then scaled and shifted.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass computes
GRADED = ['out', 'Z', 'BW', 'Bb']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:5] is caught
SIZES = [
    {'n': 12, 'num_features': 4},
    {'n': 6, 'num_features': 11},
    {'n': 8, 'num_features': 3},
]

def inputs(seed, n=9, num_features=5):
    g = torch.Generator().manual_seed(seed)
    d = num_features
    Z = torch.randn((n, d), generator=g) * (torch.rand(d, generator=g)*2 + 0.5) + torch.randn(d, generator=g)
    Z[:, 0] *= 0.01 # the first feature hardly varies, so that epsilon matters
    BW = torch.randn((1, d), generator=g)*0.3 + 1.0
    Bb = torch.randn((1, d), generator=g)
    return {'Z': Z, 'BW': BW, 'Bb': Bb, 'n': n}

def forward(Z, BW, Bb, n):
    M = Z.sum(0, keepdim=True) / n # (1, num_features)
    diff = Z - M # (n, num_features)
    V = (diff**2).sum(0, keepdim=True) / n # divided by n, not by n - 1
    invstd = (V + 1e-5)**-0.5
    NZ = diff * invstd
    out = NZ * BW + Bb
    return locals()
