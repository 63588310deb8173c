# The forward pass of the makemore MLP with batch normalization, in the small steps of the lecture
# ("Building makemore part 4: becoming a backprop ninja"). Read it, but do not edit it:
# your gradients go into backward.py.

import torch

from grader.names import training_examples

# the 26 variables whose gradients you write, in the order of the backward pass
GRADED = [
    'logprobs', 'probs', 'counts_sum_inv', 'counts_sum', 'counts', 'norm_logits', 'logit_maxes', 'logits',
    'h', 'W2', 'b2', 'hpreact', 'bngain', 'bnbias', 'bnraw', 'bnvar_inv', 'bnvar', 'bndiff2', 'bndiff',
    'bnmeani', 'hprebn', 'embcat', 'W1', 'b1', 'emb', 'C',
]

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 32, 64, 27, 10 or [:64] is caught
SIZES = [
    {'n': 65, 'n_hidden': 6, 'vocab_size': 7, 'n_embd': 4},
    {'n': 5, 'n_hidden': 66, 'vocab_size': 69, 'n_embd': 2},
    {'n': 8, 'n_hidden': 9, 'vocab_size': 13, 'n_embd': 67},
]

block_size = 3 # context length: how many characters do we take to predict the next one

def inputs(seed, n=32, n_hidden=64, n_embd=10, vocab_size=27):
    Xtr, Ytr = training_examples(block_size)
    g = torch.Generator().manual_seed(seed)
    C  = torch.randn((vocab_size, n_embd),            generator=g)
    # Layer 1
    W1 = torch.randn((n_embd * block_size, n_hidden), generator=g) * (5/3)/((n_embd * block_size)**0.5)
    b1 = torch.randn(n_hidden,                        generator=g) * 0.1 # using b1 just for fun, it's useless because of BN
    # Layer 2
    W2 = torch.randn((n_hidden, vocab_size),          generator=g) * 0.1
    b2 = torch.randn(vocab_size,                      generator=g) * 0.1
    # construct a minibatch
    ix = torch.randint(0, Xtr.shape[0], (n,),         generator=g)
    Xb, Yb = Xtr[ix] % vocab_size, Ytr[ix] % vocab_size # the % has no effect with all 27 characters
    # BatchNorm parameters, drawn last so that everything above matches the lecture, number by number
    bngain = torch.randn((1, n_hidden),               generator=g)*0.1 + 1.0
    bnbias = torch.randn((1, n_hidden),               generator=g)*0.1
    return {'C': C, 'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2, 'bngain': bngain, 'bnbias': bnbias, 'Xb': Xb, 'Yb': Yb}

def forward(C, W1, b1, W2, b2, bngain, bnbias, Xb, Yb):
    n = Xb.shape[0] # minibatch size
    emb = C[Xb] # embed the characters into vectors
    embcat = emb.view(emb.shape[0], -1) # concatenate the vectors
    # Linear layer 1
    hprebn = embcat @ W1 + b1 # hidden layer pre-activation
    # BatchNorm layer
    bnmeani = 1/n*hprebn.sum(0, keepdim=True)
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = 1/(n-1)*(bndiff2).sum(0, keepdim=True) # note: Bessel's correction (dividing by n-1, not n)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    bnraw = bndiff * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    # Non-linearity
    h = torch.tanh(hpreact) # hidden layer
    # Linear layer 2
    logits = h @ W2 + b2 # output layer
    # cross entropy loss (same as F.cross_entropy(logits, Yb))
    logit_maxes = logits.max(1, keepdim=True).values
    norm_logits = logits - logit_maxes # subtract max for numerical stability
    counts = norm_logits.exp()
    counts_sum = counts.sum(1, keepdim=True)
    counts_sum_inv = counts_sum**-1
    probs = counts * counts_sum_inv
    logprobs = probs.log()
    loss = -logprobs[range(n), Yb].mean()
    return locals()
