# A word embedding: look up a vector for each word of each sentence.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'W']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 5 or [:12] is caught.
# t is the length of a sentence, v the number of words in the vocabulary
SIZES = [
    {'n': 14, 't': 3, 'v': 9, 'd': 13},
    {'n': 4, 't': 13, 'v': 16, 'd': 5},
    {'n': 9, 't': 6, 'v': 10, 'd': 3},
]

def inputs(seed, n=5, t=4, v=12, d=6):
    g = torch.Generator().manual_seed(seed)
    x = torch.randint(0, v, (n, t), generator=g) # n sentences of t words: some words occur several times, some not
    W = torch.randn((v, d),         generator=g) # the vector of each word
    return {'x': x, 'W': W}

def forward(x, W):
    out = W[x] # (n, t, d)
    return locals()
