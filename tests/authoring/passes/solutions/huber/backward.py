import torch


def drho(rho):
    return torch.full_like(rho, 1 / rho.numel())


def dabs_r(drho, abs_r, delta):
    return drho * torch.where(abs_r <= delta, 0.0, delta)


def dr(drho, dabs_r, r, abs_r, delta):
    return dabs_r * r.sign() + drho * torch.where(abs_r <= delta, r, 0.0)


def dpred(dr):
    return dr


def dX(dpred, w):
    return torch.outer(dpred, w)


def dw(dpred, X):
    return X.T @ dpred


def db(dpred):
    return dpred.sum()
