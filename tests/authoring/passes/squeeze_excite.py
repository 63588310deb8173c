import torch


def inputs(seed, n=3, c=8, h=4, w=4, r=2):
    gen = torch.Generator().manual_seed(seed)
    x = torch.randn(n, c, h, w, generator=gen)
    W1 = torch.randn(c, max(c // r, 1), generator=gen) * c**-0.5
    W2 = torch.randn(max(c // r, 1), c, generator=gen) * (c / r)**-0.5
    return {'x': x, 'W1': W1, 'W2': W2}


def forward(x, W1, W2):
    # Squeeze
    s = x.mean(dim=[2, 3])
    # Excite
    e = torch.relu(s @ W1)
    e = torch.sigmoid(e @ W2)
    # Scale
    out = x * e[:, :, None, None]
    return locals()
