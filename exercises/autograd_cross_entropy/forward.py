# Softmax cross entropy: scores in, the mean negative log probability of the targets out.
# Read it, but do not edit it: your Function goes into backward.py.

import torch

# what is graded: the output, and the gradient that your backward() returns
GRADED = ['out', 'logits']

# the sizes of the other cases that your Function is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:6] is caught
SIZES = [
    {'n': 13, 'c': 5},
    {'n': 6, 'c': 11},
    {'n': 8, 'c': 4},
]

def inputs(seed, n=9, c=7):
    g = torch.Generator().manual_seed(seed)
    logits = torch.randn((n, c), generator=g) * 2
    targets = torch.randint(0, c, (n,), generator=g)
    return {'logits': logits, 'targets': targets, 'n': n}

def forward(logits, targets, n):
    logprobs = logits.log_softmax(1)
    picked = logprobs[range(n), targets] # (n,)
    out = -picked.mean() # a single number, so dout is one, too
    return locals()
