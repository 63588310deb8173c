# Layer norm: every token is normalized over its own features, then scaled and shifted.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradients that your backward() returns
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:8] is caught.
# C is the number of features
SIZES = [
    {'n': 13, 'T': 3, 'C': 9},
    {'n': 5, 'T': 12, 'C': 6},
    {'n': 4, 'T': 7, 'C': 11},
]

def inputs(seed, n=6, T=4, C=8):
    g = torch.Generator().manual_seed(seed)
    eps = 1e-5 if n % 2 == 0 else 1e-3 # other cases have another one, so that a hard-coded epsilon is caught
    x = torch.randn((n, T, C), generator=g) * 1.3 + 0.5*torch.randn(C, generator=g)
    x[:, 0] *= 0.01 # the first position hardly varies, so that epsilon matters
    w = torch.randn(C,         generator=g)*0.3 + 1.0
    b = torch.randn(C,         generator=g)
    return {'x': x, 'w': w, 'b': b, 'eps': eps}

def forward(x, w, b, eps):
    mean = x.mean(2, keepdim=True) # (n, T, 1)
    diff = x - mean # (n, T, C)
    var = (diff**2).mean(2, keepdim=True) # divided by C, not by C - 1
    rstd = (var + eps)**-0.5
    norm = diff * rstd
    out = norm * w + b
    return locals()
