import torch


def dce(ce, alpha_t, focal):
    return alpha_t * focal / ce.numel()


def dfocal(ce, alpha_t):
    return alpha_t * ce / ce.numel()


def dalpha_t(ce, focal):
    return focal * ce / ce.numel()


def dp_t(dce, dfocal, p_t, gamma):
    return -dce / p_t - dfocal * gamma * (1 - p_t)**(gamma - 1)


def dp(dp_t, y):
    return dp_t * (2 * y - 1)


def dlogits(dp, p):
    return dp * p * (1 - p)


def dx(dlogits, w):
    return torch.outer(dlogits, w)


def dw(dlogits, x):
    return x.T @ dlogits


def db(dlogits):
    return dlogits.sum()
