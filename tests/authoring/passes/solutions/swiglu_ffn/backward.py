import torch


def dpred(pred, y):
    return 2 * (pred - y) / pred.numel()


def dW_down(dpred, h, W_down):
    return h.T @ dpred + 0.02 * W_down


def dh(dpred, W_down):
    return dpred @ W_down.T


def dgate(dh, up):
    return dh * up


def dup(dh, gate):
    return dh * gate


def _da(dgate, x, W_gate):
    a = x @ W_gate
    s = torch.sigmoid(a)
    return dgate * s * (1 + a * (1 - s))


def dW_up(dup, x, W_up):
    return x.T @ dup + 0.02 * W_up


def dW_gate(dgate, x, W_gate):
    return x.T @ _da(dgate, x, W_gate) + 0.02 * W_gate


def dx(dgate, dup, x, W_gate, W_up):
    return _da(dgate, x, W_gate) @ W_gate.T + dup @ W_up.T
