# Max pooling: of every window, only the largest number is passed on. Windows may overlap.
# Read it, but do not edit it: your layer goes into backward.py.

import torch
import torch.nn.functional as F

# what is graded: the layer's output, and the gradient that its backward pass returns
GRADED = ['out', 'x']

# the sizes of the other cases that your layer is tested on: no two numbers are equal. Each size is above all the
# given ones in some case and below its own in another, so that a hard-coded 11 or [:8] is caught.
# c is the number of channels
SIZES = [
    {'n': 14, 'c': 2, 'height': 6, 'width': 13},
    {'n': 3, 'c': 12, 'height': 14, 'width': 6},
    {'n': 5, 'c': 4, 'height': 9, 'width': 12},
]

def inputs(seed, n=4, c=3, height=11, width=8):
    g = torch.Generator().manual_seed(seed)
    # other cases have other windows, so that hard-coded ones are caught
    pool_height, pool_width, stride = 2 + n % 3, 2 + n % 2, (3, 2, 1)[n % 3]
    height -= (height - pool_height) % stride # the windows fit exactly
    width -= (width - pool_width) % stride
    x = torch.randn((n, c, height, width), generator=g) # no two numbers are equal: every window has one largest
    Ho = (height - pool_height)//stride + 1 # windows per column
    Wo = (width - pool_width)//stride + 1 # windows per row
    return {
        'x': x, 'pool_height': pool_height, 'pool_width': pool_width, 'stride': stride, 'c': c, 'Ho': Ho, 'Wo': Wo,
    }

def forward(x, pool_height, pool_width, stride, c, Ho, Wo):
    cols = F.unfold(x, (pool_height, pool_width), stride=stride) # every column is one window of all channels
    flat = cols.unflatten(1, (c, -1)) # the numbers of a window get their own dimension
    pooled = flat.max(2).values # (n, c, Ho*Wo)
    out = pooled.unflatten(2, (Ho, Wo)) # same as F.max_pool2d(x, (pool_height, pool_width), stride)
    return locals()
