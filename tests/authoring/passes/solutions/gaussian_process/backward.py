import torch


def dfit(dloss):
    return dloss


def dlogdet(dloss):
    return dloss


def dalpha(dfit, y):
    return 0.5 * dfit * y


def _solve(L, b):
    return torch.cholesky_solve(b[:, None], L)[:, 0]


def dL(dlogdet, dalpha, alpha, L):
    # alpha = inv(L @ L.T) @ y, and logdet is the sum of the logs of L's diagonal
    dKy = -torch.outer(_solve(L, dalpha), alpha)
    return dlogdet * torch.diag(1 / torch.diagonal(L)) + (dKy + dKy.T) @ L


def dKy(dL, L):
    phi = (L.T @ dL).tril()
    phi = phi - 0.5 * torch.diag(torch.diagonal(phi))
    inv = torch.linalg.inv(L)
    g = inv.T @ phi @ inv
    return 0.5 * (g + g.T)


def dK(dKy):
    return dKy


def dD2(dK, K, log_ell):
    return -0.5 * dK * K / torch.exp(2 * log_ell)


def dlog_ell(dK, K, D2, log_ell):
    return (dK * K * D2 / torch.exp(2 * log_ell)).sum()


def dlog_sf(dK, K):
    return 2 * (dK * K).sum()


def dlog_sn(dKy, log_sn):
    return 2 * torch.exp(2 * log_sn) * torch.trace(dKy)


def dsq(dD2):
    return dD2.sum(0) + dD2.sum(1)


def dX(dD2, dsq, X):
    return 2 * X * dsq[:, None] - 2 * (dD2 + dD2.T) @ X


def dy(dfit, dalpha, alpha, L):
    return 0.5 * dfit * alpha + _solve(L, dalpha)
