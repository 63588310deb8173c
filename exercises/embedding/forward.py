# The first layer of a language model: look up a vector for each letter in a table, and one for each position.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 5 variables whose gradients you write, in the order of the backward pass
GRADED = ['x', 'tok', 'pos', 'wte', 'wpe']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 16 or [:27] is caught.
# T is how many letters are read at a time, block_size the maximum; in the last case, all positions are used
SIZES = [
    {'n': 29, 'T': 3, 'block_size': 5, 'vocab_size': 31, 'n_embd': 30},
    {'n': 5, 'T': 28, 'block_size': 33, 'vocab_size': 12, 'n_embd': 4},
    {'n': 9, 'T': 13, 'block_size': 7, 'vocab_size': 19, 'n_embd': 6},
]

def inputs(seed, n=16, T=8, block_size=11, vocab_size=27, n_embd=10):
    Xtr, _ = training_examples(T) # beginnings of real names, padded with . on the left
    g = torch.Generator().manual_seed(seed)
    wte = torch.randn((vocab_size, n_embd),   generator=g) # token embeddings
    wpe = torch.randn((max(T, block_size), n_embd), generator=g) * 0.5 # position embeddings
    ix = torch.randint(0, Xtr.shape[0], (n,), generator=g)
    idx = Xtr[ix] % vocab_size # the % has no effect with all 27 characters
    cot = torch.randn((n, T, n_embd),         generator=g) # stands in for the rest of the network
    return {'wte': wte, 'wpe': wpe, 'idx': idx, 'cot': cot}

def forward(wte, wpe, idx, cot):
    T = idx.shape[1] # how many letters are read
    tok = wte[idx] # (n, T, n_embd): some letters occur in many places, others in none
    pos = wpe[:T] # (T, n_embd): the same for every example; the last positions are not used
    x = tok + pos
    loss = (x * cot).sum() # makes dx equal to cot, an arbitrary upstream gradient
    return locals()
