"""A normalizing flow of two affine coupling layers (RealNVP)."""

import math

import torch


def inputs(seed, n=6, d=4, hidden=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 2 * d, generator=g)
    layers = []
    for _ in range(2):
        layers.append({
            'W1': torch.randn(d, hidden, generator=g) * d**-0.5,
            'b1': torch.randn(hidden, generator=g) * 0.1,
            'W2': torch.randn(hidden, 2 * d, generator=g) * 0.5 * hidden**-0.5,
            'b2': torch.randn(2 * d, generator=g) * 0.1,
        })
    return {'x': x, 'layers': layers}


def forward(x, layers):
    z = x
    log_det = torch.zeros(x.shape[0])
    for layer in layers:
        a, b = z.chunk(2, dim=1)
        h = torch.relu(a @ layer['W1'] + layer['b1'])
        s, t = (h @ layer['W2'] + layer['b2']).chunk(2, dim=1)
        s = torch.tanh(s)  # keeps the scale within bounds
        b = b * torch.exp(s) + t
        log_det += s.sum(dim=1)
        z = torch.cat([b, a], dim=1)  # the other half is next
    log_prior = -0.5 * (z**2 + math.log(2 * math.pi)).sum(dim=1)
    loss = -(log_prior + log_det).mean()
    return locals()
