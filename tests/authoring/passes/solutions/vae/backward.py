import torch


def dlogits(logits, x):
    return (torch.sigmoid(logits) - x) / len(x)


def dW3(dlogits, h2):
    return h2.T @ dlogits


def db3(dlogits):
    return dlogits.sum(0)


def dh2(dlogits, W3):
    return dlogits @ W3.T


def dW2(dh2, h2, z):
    return z.T @ (dh2 * (h2 > 0))


def db2(dh2, h2):
    return (dh2 * (h2 > 0)).sum(0)


def dz(dh2, h2, W2):
    return (dh2 * (h2 > 0)) @ W2.T


def dstd(dz, eps):
    return dz * eps


def deps(dz, std):
    return dz * std


def dmu(dz, mu):
    return dz + mu / len(mu)


def dlogvar(dstd, std, logvar):
    return dstd * 0.5 * std - 0.5 * (1 - logvar.exp()) / len(logvar)


def dWmu(dmu, h):
    return h.T @ dmu


def dWlv(dlogvar, h):
    return h.T @ dlogvar


def dh(dmu, dlogvar, Wmu, Wlv):
    return dmu @ Wmu.T + dlogvar @ Wlv.T


def db1(dh, h):
    return (dh * (h > 0)).sum(0)


def dW1(dh, h, x):
    return x.T @ (dh * (h > 0))


def dx(dh, h, W1, logits):
    # x is also the target of the reconstruction
    return (dh * (h > 0)) @ W1.T - logits / len(logits)


def drecon(dloss):
    return dloss


def dkl(dloss):
    return dloss  # beta is 1
