# Rows, columns and single numbers that broadcast over a table, and a mean that is subtracted from each row.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

# the 10 variables whose gradients you write, in the order of the backward pass
GRADED = ['cubed', 'centered', 'rowmean', 'scaled', 't', 'shifted', 'b', 'prod', 'a', 'c']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:9] is caught
SIZES = [
    {'n': 5, 'm': 11},
    {'n': 13, 'm': 8},
    {'n': 7, 'm': 4},
]

def inputs(seed, n=6, m=9):
    g = torch.Generator().manual_seed(seed)
    a = torch.randn((n, m), generator=g) # a table
    c = torch.randn((n, 1), generator=g) # one number for each row: a column
    b = torch.randn(m,      generator=g) # one number for each column: a row
    t = torch.randn((),     generator=g)*0.2 + 1.0 # a single number
    return {'a': a, 'c': c, 'b': b, 't': t}

def forward(a, c, b, t):
    prod = a * c # (n, m) * (n, 1): the column is broadcast to every column
    shifted = prod + b # (n, m) + (m,): the row is broadcast to every row
    scaled = shifted * t # (n, m) * (): the number is broadcast to every entry
    rowmean = scaled.mean(1, keepdim=True)
    centered = scaled - rowmean
    cubed = centered**3
    loss = cubed.mean()
    return locals()
