# Inverted dropout in training: some numbers are dropped at random, and the others are scaled up.
# Here, p is the share that is kept. (Other courses call the share that is dropped p.)
# Read it, but do not edit it: your functions go into backward.py.

import random

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:7] is caught
SIZES = [
    {'n': 12, 'd': 5},
    {'n': 8, 'd': 11},
    {'n': 10, 'd': 6},
]

def numpy_rand(seed, n, d): # the numbers of np.random.seed(seed) and np.random.rand(n, d), which draw your mask
    state = [seed]
    for k in range(1, 624):
        state.append((1812433253*(state[-1] ^ (state[-1] >> 30)) + k) & 0xFFFFFFFF)
    generator = random.Random()
    generator.setstate((3, (*state, 624), None)) # Python's generator is the same Mersenne Twister, seeded otherwise
    return torch.tensor([[generator.random() for _ in range(d)] for _ in range(n)], dtype=torch.float64)

def inputs(seed, n=9, d=7):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, d), generator=g)
    p = 0.6 + 0.3*torch.rand((), generator=g).item() # the share that is kept
    seed_of_mask = int(torch.randint(0, 2**31, (), generator=g))
    mask = numpy_rand(seed_of_mask, n, d) < p # what is kept
    return {'x': x, 'mask': mask, 'p': p, 'seed': seed_of_mask}

def forward(x, mask, p, seed):
    scaled = mask / p # zero where the mask says False, else 1/p, so that the average stays the same
    out = x * scaled
    return locals()
