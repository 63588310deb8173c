# Two linear layers with a relu in between, and the mean squared error: where every course on networks starts.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 10 variables whose gradients you write, in the order of the backward pass
GRADED = ['sq', 'diff', 'out', 'h', 'W2', 'b2', 'z1', 'x', 'W1', 'b1']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:16] is caught
SIZES = [
    {'n': 19, 'n_in': 17, 'n_hidden': 5, 'n_out': 2},
    {'n': 7, 'n_in': 5, 'n_hidden': 18, 'n_out': 17},
    {'n': 10, 'n_in': 9, 'n_hidden': 11, 'n_out': 4},
]

def inputs(seed, n=16, n_in=6, n_hidden=12, n_out=3):
    g = torch.Generator().manual_seed(seed)
    x  = torch.randn((n, n_in),         generator=g)
    W1 = torch.randn((n_in, n_hidden),  generator=g) * (2/n_in)**0.5
    b1 = torch.randn(n_hidden,          generator=g) * 0.1
    W2 = torch.randn((n_hidden, n_out), generator=g) * (1/n_hidden)**0.5
    b2 = torch.randn(n_out,             generator=g) * 0.1
    y  = torch.randn((n, n_out),        generator=g) # what the network should output
    return {'x': x, 'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2, 'y': y}

def forward(x, W1, b1, W2, b2, y):
    z1 = x @ W1 + b1
    h = torch.relu(z1)
    out = h @ W2 + b2
    diff = out - y
    sq = diff**2
    loss = sq.mean() # over all n * n_out numbers, like F.mse_loss
    return locals()
