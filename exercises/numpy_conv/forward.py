# A convolution: cut out every window, flatten it, multiply. Your functions may loop instead.
# Read it, but do not edit it: your functions go into backward.py.

import torch
import torch.nn.functional as F

# the value and the gradients that your two functions return: a row for each
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your functions are tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 4 or [:7] is caught.
# c is the number of channels, f the number of filters; ho and wo are the height and width of the output
SIZES = [
    {'n': 3, 'c': 2, 'f': 8, 'ho': 4, 'wo': 10},
    {'n': 8, 'c': 10, 'f': 4, 'ho': 9, 'wo': 3},
    {'n': 7, 'c': 4, 'f': 3, 'ho': 5, 'wo': 6},
]

def inputs(seed, n=4, c=3, f=5, ho=6, wo=7):
    g = torch.Generator().manual_seed(seed)
    stride, pad = 1 + f % 2, 1 + n % 2 # 2 and 1 in the given case; the other cases have other strides and borders
    kh, kw = 3 - ho % 2, 3 + wo % 2 # 3 and 4 in the given case; filters have other sizes in the others, too
    H, W = (ho - 1)*stride + kh - 2*pad, (wo - 1)*stride + kw - 2*pad # so that the windows fit exactly
    x = torch.randn((n, c, H, W), generator=g)
    w = torch.randn((f, c, kh, kw), generator=g) * (c*kh*kw)**-0.5 # f filters, kh pixels high and kw wide
    b = torch.randn(f,            generator=g) * 0.1
    return {'x': x, 'w': w, 'b': b, 'stride': stride, 'pad': pad, 'kh': kh, 'kw': kw, 'ho': ho}

def forward(x, w, b, stride, pad, kh, kw, ho):
    xpad = F.pad(x, (pad, pad, pad, pad)) # a border of zeros
    cols = F.unfold(xpad, (kh, kw), stride=stride) # (n, c*kh*kw, ho*wo): every column is one window
    wmat = w.reshape(w.shape[0], -1) # (f, c*kh*kw): every row is one filter
    outmat = wmat @ cols + b[:, None] # (n, f, ho*wo)
    out = outmat.reshape(outmat.shape[0], outmat.shape[1], ho, -1) # same as F.conv2d(x, w, b, stride, pad)
    return locals()
