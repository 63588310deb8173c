import torch
import torch.nn.functional as F


def inputs(seed, batch=9, sizes=(6, 8, 8, 4)):
    g = torch.Generator().manual_seed(seed)
    Ws = [torch.randn(m, n, generator=g) / m**0.5 for m, n in zip(sizes[:-1], sizes[1:])]
    bs = [torch.randn(n, generator=g) * 0.1 for n in sizes[1:]]
    x = torch.randn(batch, sizes[0], generator=g)
    y = torch.randint(0, sizes[-1], (batch,), generator=g)
    return {"x": x, "y": y, "Ws": Ws, "bs": bs}


def forward(x, y, Ws, bs):
    h = x
    for i, (W, b) in enumerate(zip(Ws, bs)):
        h = h @ W + b
        if i < len(Ws) - 1:   # no nonlinearity after the last layer
            h = F.relu(h)
    loss = F.cross_entropy(h, y)
    return locals()
