import torch


def inputs(seed, n=15, d=4):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, d, generator=g)
    w = torch.randn(d, generator=g)
    b = torch.randn((), generator=g)
    y = 3 * torch.randn(n, generator=g)
    return {'X': X, 'w': w, 'b': b, 'y': y}


def forward(X, w, b, y, delta=1.0):
    pred = X @ w + b
    r = pred - y
    abs_r = r.abs()
    # quadratic near zero, linear in the tails
    rho = torch.where(abs_r <= delta, 0.5 * r**2, delta * (abs_r - 0.5 * delta))
    loss = rho.mean()
    return locals()
