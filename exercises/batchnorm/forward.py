# The batch normalization of the makemore MLP, using PyTorch's shortcuts for mean and variance.
# Read it, but do not edit it: your gradients go into backward.py.

import torch

GRADED = ['bngain', 'bnbias', 'hprebn']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 32 or [:64] is caught
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
    cot = torch.randn((n, n_hidden),    generator=g) # stands in for the rest of the network
    return {'hprebn': hprebn, 'bngain': bngain, 'bnbias': bnbias, 'cot': cot}

def forward(hprebn, bngain, bnbias, cot):
    n = cot.shape[0] # minibatch size
    bnmean = hprebn.mean(0, keepdim=True)
    bnvar = hprebn.var(0, keepdim=True, unbiased=True)
    bnvar_inv = (bnvar + 1e-5)**-0.5
    bnraw = (hprebn - bnmean) * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    loss = (hpreact * cot).sum() # makes dhpreact equal to cot, an arbitrary upstream gradient
    return locals()
