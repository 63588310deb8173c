import torch


def _layer(h, W, b, e):
    a = h @ W + b + e
    return a * torch.sigmoid(a)


def _backward(dh, h, W, b, e):
    """One hidden layer; returns the gradient of what goes into its SiLU."""
    a = h @ W + b + e
    s = torch.sigmoid(a)
    return dh * s * (1 + a * (1 - s))


def dpred(pred, noise):
    return 2 * (pred - noise) / pred.numel()


def dnoise(pred, noise):
    # as the target; the noisy example is not differentiated
    return -2 * (pred - noise) / pred.numel()


def db(dpred):
    return dpred.sum(0)


def dW(dpred, h):
    return h.T @ dpred


def dh(dpred, W):
    return dpred @ W.T


def db2(db):
    return db


def dW2(dW):
    return dW


def _both(dh, xt, t, time_emb, W0, b0, W1, b1):
    """The gradients of what goes into the two SiLUs, and the first layer's output."""
    h1 = _layer(xt, W0, b0, time_emb[t])
    da1 = _backward(dh, h1, W1, b1, time_emb[t])
    da0 = _backward(da1 @ W1.T, xt, W0, b0, time_emb[t])
    return da0, da1, h1


def db1(dh, xt, t, time_emb, W0, b0, W1, b1):
    return _both(dh, xt, t, time_emb, W0, b0, W1, b1)[1].sum(0)


def dW1(dh, xt, t, time_emb, W0, b0, W1, b1):
    _, da1, h1 = _both(dh, xt, t, time_emb, W0, b0, W1, b1)
    return h1.T @ da1


def db0(dh, xt, t, time_emb, W0, b0, W1, b1):
    return _both(dh, xt, t, time_emb, W0, b0, W1, b1)[0].sum(0)


def dW0(dh, xt, t, time_emb, W0, b0, W1, b1):
    return xt.T @ _both(dh, xt, t, time_emb, W0, b0, W1, b1)[0]


def dtime_emb(dh, xt, t, time_emb, W0, b0, W1, b1):
    da0, da1, _ = _both(dh, xt, t, time_emb, W0, b0, W1, b1)
    return torch.zeros_like(time_emb).index_add(0, t, da0 + da1)
