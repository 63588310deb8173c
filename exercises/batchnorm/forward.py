# The batch normalisation of the makemore MLP, with the shortcuts that PyTorch offers for mean and variance.
# Read it, run it, but leave it as it is: your gradients go into backward.py.

import torch

GRADED = ['bngain', 'bnbias', 'hprebn']

# the sizes of the other problems that your functions are tried on: no two numbers alike. Each size is above all the
# given ones in some problem and below its own in another, so that a 32 or a [:64] typed by hand shows
SIZES = [
    {'n': 65, 'n_hidden': 7},
    {'n': 9, 'n_hidden': 66},
    {'n': 11, 'n_hidden': 13},
]

def inputs(seed, n=32, n_hidden=64):
    g = torch.Generator().manual_seed(seed)
    hprebn = torch.randn((n, n_hidden), generator=g) * 1.5 + torch.randn(n_hidden, generator=g)
    bngain = torch.randn((1, n_hidden), generator=g)*0.1 + 1.0
    bnbias = torch.randn((1, n_hidden), generator=g)*0.1
    cot = torch.randn((n, n_hidden),    generator=g) # stands for the rest of the network
    return {'hprebn': hprebn, 'bngain': bngain, 'bnbias': bnbias, 'cot': cot}

def forward(hprebn, bngain, bnbias, cot):
    n = cot.shape[0] # the size of the minibatch
    bnmean = hprebn.mean(0, keepdim=True)
    bnvar = hprebn.var(0, keepdim=True, unbiased=True)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    bnraw = (hprebn - bnmean) * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    loss = (hpreact * cot).sum() # so that dhpreact is cot: any gradient that a network might send back
    return locals()
