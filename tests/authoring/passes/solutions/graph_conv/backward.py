import torch


def dlogits(logits, labels, train_mask):
    d = logits.softmax(1)
    d[torch.arange(len(labels)), labels] -= 1
    return d * train_mask[:, None] / train_mask.sum()


def dH(dlogits, A_norm, W1):
    return A_norm.T @ dlogits @ W1.T


def dW1(dlogits, A_norm, H):
    return (A_norm @ H).T @ dlogits


def dX(dH, H, A_norm, W0):
    return A_norm.T @ (dH * (H > 0)) @ W0.T


def dW0(dH, H, A_norm, X):
    return (A_norm @ X).T @ (dH * (H > 0))


def dA_norm(dlogits, dH, H, X, W0, W1):
    return dlogits @ (H @ W1).T + (dH * (H > 0)) @ (X @ W0).T


def dd_inv_sqrt(dA_norm, A_hat, d_inv_sqrt):
    product = dA_norm * A_hat
    return product @ d_inv_sqrt + d_inv_sqrt @ product


def ddeg(dd_inv_sqrt, deg):
    return -0.5 * dd_inv_sqrt * deg**-1.5


def dA_hat(dA_norm, ddeg, d_inv_sqrt):
    return d_inv_sqrt[:, None] * dA_norm * d_inv_sqrt[None, :] + ddeg[:, None]


def dA(dA_hat):
    return dA_hat
