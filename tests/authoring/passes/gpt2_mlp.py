import math

import torch


def inputs(seed, n=4, T=3, d=5):
    g = torch.Generator().manual_seed(seed)
    params = {
        'c_fc_w': torch.randn(d, 4 * d, generator=g) * d**-0.5,
        'c_fc_b': torch.randn(4 * d, generator=g) * 0.1,
        'c_proj_w': torch.randn(4 * d, d, generator=g) * (4 * d) ** -0.5,
        'c_proj_b': torch.randn(d, generator=g) * 0.1,
    }
    x = torch.randn(n, T, d, generator=g)
    return {'x': x, 'params': params}


def gelu(x):
    """The approximation of GPT-2."""
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def forward(x, params):
    h = x @ params['c_fc_w'] + params['c_fc_b']
    a = gelu(h)
    y = a @ params['c_proj_w'] + params['c_proj_b']
    out = x + y  # the skip connection
    return locals()
