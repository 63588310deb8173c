import math

import torch


def inputs(seed, n=6, d=2):
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, d, generator=g)
    y = torch.randn(n, generator=g)
    log_ell = torch.tensor(0.1)
    log_sf = torch.tensor(0.2)
    log_sn = torch.tensor(-1.0)
    return {'X': X, 'y': y, 'log_ell': log_ell, 'log_sf': log_sf, 'log_sn': log_sn}


def forward(X, y, log_ell, log_sf, log_sn):
    n = X.shape[0]
    # squared exponential kernel
    sq = (X**2).sum(1)
    D2 = sq[:, None] + sq[None, :] - 2 * X @ X.T
    K = torch.exp(2 * log_sf) * torch.exp(-0.5 * D2 / torch.exp(2 * log_ell))
    Ky = K + torch.exp(2 * log_sn) * torch.eye(n)
    # negative log marginal likelihood
    L = torch.linalg.cholesky(Ky)
    alpha = torch.cholesky_solve(y[:, None], L)[:, 0]
    fit = 0.5 * y @ alpha
    logdet = torch.log(torch.diagonal(L)).sum()
    loss = fit + logdet + 0.5 * n * math.log(2 * math.pi)
    return locals()
