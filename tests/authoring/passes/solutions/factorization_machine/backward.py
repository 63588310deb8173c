import torch


def dlogit(logit, y):
    return (torch.sigmoid(logit) - y) / y.numel()


def dinteractions(dlogit):
    return dlogit


def dpairs(dinteractions, x):
    return x.T @ (x * dinteractions[:, None])


def dlinear(dlogit):
    return dlogit


def dw0(dlinear):
    return dlinear.sum(0, keepdim=True)


def dw(dlinear, x, w, weight_decay):
    return x.T @ dlinear + 2 * weight_decay * w


def dV(dpairs, V, weight_decay):
    upper = torch.triu(dpairs, diagonal=1)
    return (upper + upper.T) @ V + 2 * weight_decay * V


def dx(dlinear, dinteractions, w, x, pairs):
    return torch.outer(dlinear, w) + dinteractions[:, None] * (x @ (pairs + pairs.T))
