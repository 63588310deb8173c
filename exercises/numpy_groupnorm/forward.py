# Group normalization of images: the channels are split into G groups, and each group of each image is normalized.
# Read it, but do not edit it: your functions go into backward.py.

import torch

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'gamma', 'beta']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 7 or [:9] is caught.
# G is the number of groups, k the number of channels in a group, h and w are the height and width of an image
SIZES = [
    {'n': 13, 'G': 2, 'k': 10, 'h': 4, 'w': 8},
    {'n': 2, 'G': 13, 'k': 3, 'h': 11, 'w': 10},
    {'n': 10, 'G': 4, 'k': 5, 'h': 3, 'w': 11},
]

def inputs(seed, n=7, G=3, k=4, h=5, w=9):
    g = torch.Generator().manual_seed(seed)
    C = G*k # number of channels
    x     = torch.randn((n, C, h, w), generator=g) * 2 + torch.randn((n, C, 1, 1), generator=g)
    x[0] *= 0.005 # the first image hardly varies, so that epsilon matters
    gamma = torch.randn((1, C, 1, 1), generator=g) * 0.3 + 1.0
    beta  = torch.randn((1, C, 1, 1), generator=g) * 0.3
    return {'x': x, 'gamma': gamma, 'beta': beta, 'G': G, 'C': C, 'h': h}

def forward(x, gamma, beta, G, C, h):
    groups = x.reshape(x.shape[0], G, -1) # (n, G, k*h*w): all pixels of the channels of one group
    mean = groups.mean(2, keepdim=True) # (n, G, 1)
    xc = groups - mean
    sq = xc**2
    var = sq.mean(2, keepdim=True) # (n, G, 1): divided by k*h*w
    std = (var + 1e-5)**0.5
    normed = xc / std
    xhat = normed.reshape(normed.shape[0], C, h, -1) # (n, C, h, w): images again
    out = gamma*xhat + beta # one gamma and one beta for each channel, not for each group
    return locals()
