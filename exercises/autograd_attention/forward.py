# Attention, causal or not: every query takes a weighted mean of the values.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradients that your backward() returns
GRADED = ['out', 'q', 'k', 'v']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 4 or [:6] is caught.
# T is the number of positions, d is the number of features
SIZES = [
    {'n': 12, 'T': 5, 'd': 11},
    {'n': 3, 'T': 10, 'd': 7},
    {'n': 7, 'T': 8, 'd': 14},
]

def inputs(seed, n=4, T=6, d=9):
    g = torch.Generator().manual_seed(seed)
    q, k, v = (torch.randn((n, T, d), generator=g) for _ in range(3))
    is_causal = 1 - n % 2 # 1: causal, 0: not
    ones = torch.ones((T, T), dtype=torch.long)
    seen = ones.tril() if is_causal else ones # 1 where a query may see a key
    return {'q': q, 'k': k, 'v': v, 'is_causal': is_causal, 'seen': seen, 'd': d}

def forward(q, k, v, is_causal, seen, d):
    scores = q @ k.mT * d**-0.5 # (n, T, T)
    # softmax over what is seen (the numbers are small, so there is no need to subtract the maximum)
    expd = scores.exp() * seen
    sumexp = expd.sum(2, keepdim=True) # (n, T, 1)
    probs = expd / sumexp
    out = probs @ v # (n, T, d)
    return locals()
