# A convolution with stride and padding: every kernel is laid over every window, multiplied and summed.
# Read it, but do not edit it: your layer goes into backward.py.

import torch
import torch.nn.functional as F

# what is graded: the layer's output, and the gradients that its backward pass returns
GRADED = ['out', 'x', 'w', 'b']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 9 or [:6] is caught.
# c is the number of channels, f is the number of kernels
SIZES = [
    {'n': 12, 'c': 2, 'height': 7, 'width': 15, 'f': 5},
    {'n': 3, 'c': 10, 'height': 14, 'width': 4, 'f': 11},
    {'n': 5, 'c': 11, 'height': 8, 'width': 10, 'f': 2},
]

def inputs(seed, n=4, c=3, height=9, width=6, f=7):
    g = torch.Generator().manual_seed(seed)
    stride, pad = (3, 2, 1)[n % 3], 1 + n % 2 # other cases have others, so that a hard-coded stride is caught
    kh, kw = 2 + c % 2, 2 + n % 2 # 3 and 2 in the given case; kernels have other sizes in the others, too
    height -= (height + 2*pad - kh) % stride # the windows fit exactly
    width -= (width + 2*pad - kw) % stride
    x = torch.randn((n, c, height, width), generator=g)
    w = torch.randn((f, c, kh, kw),        generator=g) * (c*kh*kw)**-0.5
    b = torch.randn(f,                     generator=g) * 0.5
    Ho = (height + 2*pad - kh)//stride + 1 # windows per column
    Wo = (width + 2*pad - kw)//stride + 1 # windows per row
    return {'x': x, 'w': w, 'b': b, 'stride': stride, 'pad': pad, 'kh': kh, 'kw': kw, 'Ho': Ho, 'Wo': Wo}

def forward(x, w, b, stride, pad, kh, kw, Ho, Wo):
    xpad = F.pad(x, (pad, pad, pad, pad)) # a border of zeros
    cols = F.unfold(xpad, (kh, kw), stride=stride) # (n, c*kh*kw, Ho*Wo): every column is one flattened window
    wmat = w.flatten(1) # (f, c*kh*kw): every row is one flattened kernel
    outmat = wmat @ cols + b[:, None] # (n, f, Ho*Wo)
    out = outmat.unflatten(2, (Ho, Wo)) # same as F.conv2d(x, w, b, stride, pad)
    return locals()
