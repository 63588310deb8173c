"""One training step of a denoising diffusion model: the network predicts the noise."""

import torch


def inputs(seed, n=5, d=6, hidden=8, steps=10):
    g = torch.Generator().manual_seed(seed)
    x0 = torch.randn(n, d, generator=g)
    noise = torch.randn(n, d, generator=g)
    t = torch.randint(0, steps, (n,), generator=g)
    time_emb = torch.randn(steps, hidden, generator=g) * 0.5
    widths = [d, hidden, hidden, d]
    layers = [
        (torch.randn(i, o, generator=g) * i**-0.5, torch.randn(o, generator=g) * 0.1)
        for i, o in zip(widths[:-1], widths[1:])
    ]
    return {'x0': x0, 'noise': noise, 't': t, 'time_emb': time_emb, 'layers': layers}


def forward(x0, noise, t, time_emb, layers):
    with torch.no_grad():
        # the schedule, and the noisy example at time t
        betas = torch.linspace(1e-4, 0.02, time_emb.shape[0])
        alpha_bar = torch.cumprod(1 - betas, dim=0)
        ab = alpha_bar[t].unsqueeze(1)
        xt = ab.sqrt() * x0 + (1 - ab).sqrt() * noise

    h = xt
    for W, b in layers[:-1]:
        h = h @ W + b + time_emb[t]
        h = h * torch.sigmoid(h)
    W, b = layers[-1]
    pred = h @ W + b
    loss = ((pred - noise) ** 2).mean()
    return locals()
