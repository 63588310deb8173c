# The softmax loss of a language model: a word to predict at every time step, but for the padding.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradient that your function returns: a row for each
GRADED = ['loss', 'x']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 6 or [:8] is caught.
# t is the length of a sequence, v the number of words in the vocabulary
SIZES = [
    {'n': 3, 't': 9, 'v': 6},
    {'n': 9, 't': 10, 'v': 4},
    {'n': 7, 't': 4, 'v': 10},
]

def inputs(seed, n=6, t=5, v=8):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, t, v), generator=g) * 1.5 # the scores of v words at each time step
    y = torch.randint(0, v, (n, t), generator=g) # the right word at each time step
    length = torch.randint(1, t + 1, (n, 1), generator=g) # what follows is padding
    length[0] = t - 1
    mask = torch.arange(t) < length # (n, t): False where the padding is
    return {'x': x, 'y': y, 'mask': mask}

def forward(x, y, mask):
    n = y.shape[0]
    flat = x.reshape(-1, x.shape[2]) # (n*t, v)
    shifted = flat - flat.detach().max(1, keepdim=True).values # for numerical stability only: a constant, so detached
    expd = shifted.exp()
    sumexp = expd.sum(1, keepdim=True) # (n*t, 1)
    probs = expd / sumexp
    logprobs = shifted - sumexp.log() # the log of probs, without the detour
    picked = logprobs[torch.arange(y.numel()), y.reshape(-1)] # (n*t,)
    losses = -picked * mask.reshape(-1) # what is masked does not count
    loss = losses.sum() / n # divided by the number of sequences, not by the number of words
    return locals()
