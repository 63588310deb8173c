import torch


def inputs(seed, n=7, d=5, m=6, k=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    W = torch.randn(d, m * k, generator=g) * d**-0.5
    b = torch.randn(m * k, generator=g) * 0.1
    return {'x': x, 'W': W, 'b': b, 'k': k}


def forward(x, W, b, k):
    n = x.size(0)
    pieces = (x @ W + b).view(n, -1, k)   # k linear pieces for each unit
    out, winner = pieces.max(dim=2)
    return locals()
