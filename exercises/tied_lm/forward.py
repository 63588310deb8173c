# A language model that uses one table twice, to read letters and to write them: one letter in, the next letter out.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 9 variables whose gradients you write, in the order of the backward pass
GRADED = ['logp', 'lse', 'logits', 'h', 'z', 'b', 'W', 'x', 'wte']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 27 or [:32] is caught
SIZES = [
    {'n': 35, 'vocab_size': 11, 'n_embd': 6},
    {'n': 9, 'vocab_size': 37, 'n_embd': 34},
    {'n': 24, 'vocab_size': 13, 'n_embd': 8},
]

def inputs(seed, n=32, vocab_size=27, n_embd=10):
    Xtr, Ytr = training_examples(1) # letters of real names, and the letters that follow them
    g = torch.Generator().manual_seed(seed)
    wte = torch.randn((vocab_size, n_embd), generator=g) * 0.6 # token embeddings
    W   = torch.randn((n_embd, n_embd),     generator=g) * 1.5*n_embd**-0.5
    b   = torch.randn(n_embd,               generator=g) * 0.1
    ix  = torch.randint(0, Xtr.shape[0], (n,), generator=g)
    idx, y = Xtr[ix, 0] % vocab_size, Ytr[ix] % vocab_size # the % has no effect with all 27 characters
    return {'wte': wte, 'W': W, 'b': b, 'idx': idx, 'y': y}

def forward(wte, W, b, idx, y):
    n = idx.shape[0] # minibatch size
    x = wte[idx] # (n, n_embd): the first use of the table
    z = x @ W + b
    h = torch.tanh(z)
    logits = h @ wte.T # (n, vocab_size): the second use; which letter's vector is h closest to?
    lse = logits.logsumexp(1, keepdim=True)
    logp = logits - lse
    loss = -logp[range(n), y].mean() # same as F.cross_entropy(logits, y)
    return locals()
