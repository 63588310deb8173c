# A linear layer in the convention of a course that writes layers as objects: W has a row for each output feature.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass computes
GRADED = ['out', 'A', 'W', 'b']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:4] is caught
SIZES = [
    {'n': 12, 'n_in': 3, 'n_out': 10},
    {'n': 5, 'n_in': 13, 'n_out': 4},
    {'n': 9, 'n_in': 5, 'n_out': 3},
]

def inputs(seed, n=7, n_in=6, n_out=8):
    g = torch.Generator().manual_seed(seed)
    A = torch.randn((n, n_in),     generator=g)
    W = torch.randn((n_out, n_in), generator=g) * n_in**-0.5
    b = torch.randn((n_out, 1),    generator=g)
    return {'A': A, 'W': W, 'b': b}

def forward(A, W, b):
    product = A @ W.T # (n, n_out)
    out = product + b.T # the bias is a column; as a row, it is added to every example
    return locals()
