# Rotary position embeddings: every pair of numbers is rotated by an angle that grows with the position.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 6 variables whose gradients you write, in the order of the backward pass
GRADED = ['out', 'r1', 'r2', 'x1', 'x2', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 4 or [:7] is caught.
# T is the number of tokens, half the number of pairs in each token vector
SIZES = [
    {'n': 13, 'T': 5, 'half': 9},
    {'n': 3, 'T': 14, 'half': 13},
    {'n': 8, 'T': 9, 'half': 5},
]

def inputs(seed, n=4, T=7, half=6):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, T, 2*half),   generator=g)
    speed = 10.0**(-torch.arange(half)/half) # the first pairs rotate fast, the last ones slowly
    angle = torch.arange(1, T + 1)[:, None] * speed # (T, half)
    cot = torch.randn((n, T, 2*half), generator=g) # stands in for the rest of the network
    return {'x': x, 'cos': angle.cos(), 'sin': angle.sin(), 'cot': cot}

def forward(x, cos, sin, cot):
    half = cos.shape[1] # number of pairs
    x1 = x[:, :, :half] # the first numbers of the pairs: the first half of the vector, not every other number
    x2 = x[:, :, half:] # the second numbers
    r1 = x1 * cos - x2 * sin # the pair (x1, x2), rotated by its angle
    r2 = x2 * cos + x1 * sin
    out = torch.cat([r1, r2], 2)
    loss = (out * cot).sum() # makes dout equal to cot, an arbitrary upstream gradient
    return locals()
