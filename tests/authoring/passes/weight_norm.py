import torch


def inputs(seed, n=10, d_in=6, d_out=4):
    gen = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d_in, generator=gen)
    V = torch.randn(d_out, d_in, generator=gen)
    g = torch.rand(d_out, 1, generator=gen) + 0.5
    b = torch.zeros(d_out)
    y = torch.randn(n, d_out, generator=gen)
    return {"x": x, "V": V, "g": g, "b": b, "y": y}


def forward(x, V, g, b, y):
    # w = g * v / ||v||, one norm per output neuron
    norm = V.norm(dim=1, keepdim=True)
    W = g * V / norm
    out = x @ W.t() + b
    loss = ((out - y)**2).mean()
    return locals()
