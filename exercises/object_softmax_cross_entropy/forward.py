# Softmax and cross entropy as one loss: scores in, the mean negative log probability of the targets out.
# Read it, but do not edit it: your layer goes into backward.py.

import torch

# what is graded: the loss, and the gradient that the backward pass returns
GRADED = ['loss', 'A']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 8 or [:5] is caught
SIZES = [
    {'n': 13, 'c': 4},
    {'n': 5, 'c': 11},
    {'n': 7, 'c': 3},
]

def inputs(seed, n=8, c=6):
    g = torch.Generator().manual_seed(seed)
    A = torch.randn((n, c), generator=g) * 2
    Y = torch.eye(c)[torch.randint(0, c, (n,), generator=g)] # every row has a 1 at its target
    return {'A': A, 'Y': Y}

def forward(A, Y):
    logprobs = A.log_softmax(1)
    losses = -(Y * logprobs).sum(1) # (n,)
    loss = losses.mean()
    return locals()
