# One neuron, number by number: the expression from the lecture that builds micrograd.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 12 variables whose gradients you write, in the order of the backward pass
GRADED = ['err', 'o', 'e', 'n', 's', 'x1w1', 'x2w2', 'b', 'x1', 'w1', 'x2', 'w2']

# every value is a single number, so there are no sizes to vary: the other cases have other numbers
SIZES = [{}, {}, {}]

def inputs(seed):
    g = torch.Generator().manual_seed(seed)
    x1, x2 = torch.randn(2, generator=g) # the inputs of the neuron
    w1, w2 = torch.randn(2, generator=g) # its weights
    b = torch.randn((), generator=g) * 0.5
    target = torch.rand((), generator=g) * 0.5 - 0.25 # what it should output
    return {'x1': x1, 'x2': x2, 'w1': w1, 'w2': w2, 'b': b, 'target': target}

def forward(x1, x2, w1, w2, b, target):
    x1w1 = x1*w1
    x2w2 = x2*w2
    s = x1w1 + x2w2
    n = s + b
    # tanh, from its parts
    e = (2*n).exp()
    o = (e - 1)/(e + 1)
    # how wrong it is
    err = o - target
    loss = err**2
    return locals()
