# What a language model does first: each letter fetches its vector from a table, and so does each position.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 5 variables whose gradients you write, in the order of the backward pass
GRADED = ['x', 'tok', 'pos', 'wte', 'wpe']

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 16 or a [:27] typed by hand shows.
# T is how many letters are read at a time, block_size how many there could be; in the last problem they use all positions
SIZES = [
    {'n': 29, 'T': 3, 'block_size': 5, 'vocab_size': 31, 'n_embd': 30},
    {'n': 5, 'T': 28, 'block_size': 33, 'vocab_size': 12, 'n_embd': 4},
    {'n': 9, 'T': 13, 'block_size': 7, 'vocab_size': 19, 'n_embd': 6},
]

def inputs(seed, n=16, T=8, block_size=11, vocab_size=27, n_embd=10):
    Xtr, _ = training_examples(T) # the beginnings of real names, padded with . in front
    g = torch.Generator().manual_seed(seed)
    wte = torch.randn((vocab_size, n_embd),   generator=g) # token embeddings
    wpe = torch.randn((max(T, block_size), n_embd), generator=g) * 0.5 # position embeddings
    ix = torch.randint(0, Xtr.shape[0], (n,), generator=g)
    idx = Xtr[ix] % vocab_size # the % changes nothing with all 27 characters
    cot = torch.randn((n, T, n_embd),         generator=g) # stands for the rest of the network
    return {'wte': wte, 'wpe': wpe, 'idx': idx, 'cot': cot}

def forward(wte, wpe, idx, cot):
    T = idx.shape[1] # how many letters there are to read
    tok = wte[idx] # (n, T, n_embd): the same letter stands at many places, some letters at none
    pos = wpe[:T] # (T, n_embd): the same for every example; the last positions are not used
    x = tok + pos
    loss = (x * cot).sum() # so that dx is cot: any gradient that a network might send back
    return locals()
