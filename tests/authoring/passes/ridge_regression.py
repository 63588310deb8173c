import torch

def inputs(seed, n=30, d=5, lam=0.1):
    torch.manual_seed(seed)
    X = torch.randn(n, d)
    true_w = torch.randn(d, 1)
    y = X @ true_w + 0.3 * torch.randn(n, 1)
    w = torch.randn(d, 1)
    b = torch.zeros(1)
    return {'X': X, 'y': y, 'w': w, 'b': b, 'lam': lam}

def forward(X, y, w, b, lam):
    y_hat = X @ w + b
    residual = y_hat - y
    loss = (residual**2).mean()
    # L2 penalty on the weights, not on the bias
    loss += lam * (w**2).sum()
    return locals()
