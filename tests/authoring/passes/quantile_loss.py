import torch


def inputs(seed, n=24, d=4):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, d, generator=g)
    W = torch.randn(d, 3, generator=g) * 0.5
    b = torch.randn(3, generator=g)
    y = torch.randn(n, generator=g)
    return {'X': X, 'W': W, 'b': b, 'y': y}


def forward(X, W, b, y):
    taus = torch.tensor([0.1, 0.5, 0.9])
    q = X @ W + b
    q_sorted, _ = torch.sort(q, dim=1)      # quantiles must not cross
    loss = 0
    for tau, q_tau in zip(taus, q_sorted.unbind(dim=1)):
        e = y - q_tau
        loss = loss + torch.maximum(tau * e, (tau - 1) * e).mean()
    return locals()
