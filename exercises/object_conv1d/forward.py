# A convolution in one dimension, with stride 1: every kernel slides over the sequence, one step at a time.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the layer's output, and the gradients that its backward pass computes
GRADED = ['out', 'A', 'W', 'b']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:4] is caught
SIZES = [
    {'n': 5, 'in_channels': 10, 'out_channels': 4, 'width': 13, 'kernel_size': 11},
    {'n': 10, 'in_channels': 2, 'out_channels': 11, 'width': 7, 'kernel_size': 3},
    {'n': 11, 'in_channels': 7, 'out_channels': 3, 'width': 8, 'kernel_size': 2},
]

def inputs(seed, n=6, in_channels=3, out_channels=5, width=9, kernel_size=4):
    g = torch.Generator().manual_seed(seed)
    A = torch.randn((n, in_channels, width), generator=g)
    W = torch.randn((out_channels, in_channels, kernel_size), generator=g) * (in_channels*kernel_size)**-0.5
    b = torch.randn(out_channels, generator=g)
    return {'A': A, 'W': W, 'b': b, 'kernel_size': kernel_size}

def forward(A, W, b, kernel_size):
    windows = A.unfold(2, kernel_size, 1) # (n, in_channels, windows, kernel_size)
    sums = torch.einsum('nitk,oik->not', windows, W) # (n, out_channels, windows)
    out = sums + b[:, None] # the bias is added at every window
    return locals()
