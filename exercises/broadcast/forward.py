# Rows, columns and single numbers that spread over a table, and a mean that is taken off each row.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

# the 10 variables whose gradients you write, in the order of the backward pass
GRADED = ['cubed', 'centered', 'rowmean', 'scaled', 't', 'shifted', 'b', 'prod', 'a', 'c']

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 6 or a [:9] typed by hand shows
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
    t = torch.randn((),     generator=g)*0.2 + 1.0 # one number for all
    return {'a': a, 'c': c, 'b': b, 't': t}

def forward(a, c, b, t):
    prod = a * c # (n, m) * (n, 1): the column is copied into every column
    shifted = prod + b # (n, m) + (m,): the row is copied into every row
    scaled = shifted * t # (n, m) * (): the number is copied everywhere
    rowmean = scaled.mean(1, keepdim=True)
    centered = scaled - rowmean
    cubed = centered**3
    loss = cubed.mean()
    return locals()
