# The loss that training code really uses: names of different lengths in one padded table,
# and the padding does not count. Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 9 variables whose gradients you write, in the order of the backward pass
GRADED = ['losses', 'picked', 'logp', 'lse', 'sumexp', 'expd', 'shifted', 'flat', 'logits']

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 16 or a [:27] typed by hand shows
SIZES = [
    {'n': 29, 'T': 3, 'vocab_size': 31},
    {'n': 5, 'T': 30, 'vocab_size': 10},
    {'n': 9, 'T': 7, 'vocab_size': 19},
]

def inputs(seed, n=16, T=8, vocab_size=27):
    Xtr, _ = training_examples(T) # the beginnings of real names, padded with 0 in front
    g = torch.Generator().manual_seed(seed)
    ix = torch.randint(0, Xtr.shape[0], (n,), generator=g)
    ix[0] = 5 # the beginning of a name that is long enough
    targets = (Xtr[ix] % vocab_size).masked_fill(Xtr[ix] == 0, -1) # -1: nothing to learn here
    logits = torch.randn((n, T, vocab_size), generator=g) * 1.5
    return {'logits': logits, 'targets': targets}

def forward(logits, targets):
    y = targets.view(-1) # all tokens in one row
    active = y != -1 # which of them count
    safe = y.clamp(min=0) # any index will do where the token does not count
    N = y.shape[0] # how many tokens there are, padding included
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
