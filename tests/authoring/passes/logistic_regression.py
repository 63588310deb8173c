import torch


def inputs(seed, n=20, d=4):
    gen = torch.Generator().manual_seed(seed)
    X = torch.randn(n, d, generator=gen)
    y = (torch.rand(n, generator=gen) > 0.5).float()
    w = 0.1 * torch.randn(d, generator=gen)
    b = torch.zeros(1)
    return dict(X=X, y=y, w=w, b=b)


def forward(X, y, w, b):
    """Binary cross entropy, written out."""
    z = X @ w + b
    p = torch.sigmoid(z)
    eps = 1e-7
    loss = -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()
    return locals()
