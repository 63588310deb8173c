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
    height -= (height + 2*pad - 3) % stride # the windows fit exactly
    width -= (width + 2*pad - 2) % stride
    x = torch.randn((n, c, height, width), generator=g)
    w = torch.randn((f, c, 3, 2),          generator=g) * (c*6)**-0.5
    b = torch.randn(f,                     generator=g) * 0.5
    Ho = (height + 2*pad - 3)//stride + 1 # windows per column
    Wo = (width + 2*pad - 2)//stride + 1 # windows per row
    return {'x': x, 'w': w, 'b': b, 'stride': stride, 'pad': pad, 'Ho': Ho, 'Wo': Wo}

def forward(x, w, b, stride, pad, Ho, Wo):
    xpad = F.pad(x, (pad, pad, pad, pad)) # a border of zeros
    cols = F.unfold(xpad, (3, 2), stride=stride) # (n, c*3*2, Ho*Wo): every column is one flattened window
    wmat = w.flatten(1) # (f, c*3*2): every row is one flattened kernel
    outmat = wmat @ cols + b[:, None] # (n, f, Ho*Wo)
    out = outmat.unflatten(2, (Ho, Wo)) # same as F.conv2d(x, w, b, stride, pad)
    return locals()
