# The loss that training code really uses: names of different lengths in one padded table,
# where the padding does not count. Read it, but do not edit it: your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 9 variables whose gradients you write, in the order of the backward pass
GRADED = ['losses', 'picked', 'logp', 'lse', 'sumexp', 'expd', 'shifted', 'flat', 'logits']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 16 or [:27] is caught
SIZES = [
    {'n': 29, 'T': 3, 'vocab_size': 31},
    {'n': 5, 'T': 30, 'vocab_size': 10},
    {'n': 9, 'T': 7, 'vocab_size': 19},
]

def inputs(seed, n=16, T=8, vocab_size=27):
    Xtr, _ = training_examples(T) # beginnings of real names, padded with 0 on the left
    g = torch.Generator().manual_seed(seed)
    ix = torch.randint(0, Xtr.shape[0], (n,), generator=g)
    ix[0] = 5 # the beginning of a long enough name
    targets = (Xtr[ix] % vocab_size).masked_fill(Xtr[ix] == 0, -1) # -1: nothing to learn here
    logits = torch.randn((n, T, vocab_size), generator=g) * 1.5
    return {'logits': logits, 'targets': targets}

def forward(logits, targets):
    y = targets.view(-1) # all tokens in one dimension
    active = y != -1 # which of them count
    safe = y.clamp(min=0) # any index works where the token does not count
    N = y.shape[0] # number of tokens, padding included
    flat = logits.view(N, -1)
    shifted = flat - flat.detach().max(1, keepdim=True).values # for numerical stability only: a constant, so detached
    expd = shifted.exp()
    sumexp = expd.sum(1, keepdim=True)
    lse = sumexp.log()
    logp = shifted - lse
    picked = logp[range(N), safe]
    losses = -picked * active
    loss = losses.sum() / active.sum() # same as F.cross_entropy(flat, y, ignore_index=-1)
    return locals()
