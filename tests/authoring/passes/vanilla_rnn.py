import torch


def inputs(seed, n=4, T=5, n_in=3, n_hidden=6):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, T, n_in, generator=g)
    h0 = torch.zeros(n, n_hidden)
    Wxh = torch.randn(n_in, n_hidden, generator=g) * n_in**-0.5
    Whh = torch.randn(n_hidden, n_hidden, generator=g) * 0.8 * n_hidden**-0.5
    bh = torch.randn(n_hidden, generator=g) * 0.1
    return {'x': x, 'h0': h0, 'Wxh': Wxh, 'Whh': Whh, 'bh': bh}


def forward(x, h0, Wxh, Whh, bh):
    h = h0
    hs = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ Wxh + h @ Whh + bh)
        hs.append(h)
    out = torch.stack(hs, dim=1)  # (n, T, n_hidden)
    return locals()
