import torch


def dlog_probs(target):
    return -target / target.shape[0]


def dlogits(dlog_probs, log_probs):
    return dlog_probs - log_probs.exp() * dlog_probs.sum(1, keepdim=True)


def dh(dlogits, W):
    return dlogits @ W.T


def dW(dlogits, h):
    return h.T @ dlogits
