# The hinge loss of a support vector machine with many classes: every wrong class has to stay a margin of 1 below.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradient that your function returns: a row for each
GRADED = ['loss', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:5] is caught
SIZES = [
    {'n': 11, 'c': 4},
    {'n': 6, 'c': 13},
    {'n': 14, 'c': 3},
]

def inputs(seed, n=9, c=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, c), generator=g) * 1.5 # the scores of c classes
    y = torch.randint(0, c, (n,), generator=g) # the right class of each example
    return {'x': x, 'y': y, 'c': c}

def forward(x, y, c):
    n = y.shape[0]
    right = x[torch.arange(n), y] # (n,): the score of the right class
    above = x - right[:, None] + 1 # (n, c): how far each class is above what it may have
    others = torch.arange(c) != y[:, None] # (n, c): all classes but the right one
    margins = torch.relu(above) * others
    loss = margins.sum() / n
    return locals()
