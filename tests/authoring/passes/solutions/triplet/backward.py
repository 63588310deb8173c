import torch


def _active(d_pos, d_neg):
    return (d_pos[:, None] - d_neg + 1.0 > 0).to(d_neg.dtype) / d_neg.numel()


def dd_pos(d_pos, d_neg):
    return _active(d_pos, d_neg).sum(1)


def dd_neg(d_pos, d_neg):
    return -_active(d_pos, d_neg)


def dd_all(dd_neg, hardest, d_all):
    return torch.zeros_like(d_all).scatter(1, hardest, dd_neg)


def dp(dd_pos, a, p):
    return -2 * dd_pos[:, None] * (a - p)


def dc(dd_all, a, c):
    return -2 * (dd_all[:, :, None] * (a[:, None] - c[None])).sum(0)


def da(dd_pos, dd_all, a, p, c):
    return 2 * dd_pos[:, None] * (a - p) + 2 * (dd_all[:, :, None] * (a[:, None] - c[None])).sum(1)


def dW(da, dp, dc, anchor, positive, candidates):
    return anchor.T @ da + positive.T @ dp + candidates.T @ dc


def danchor(da, W):
    return da @ W.T


def dpositive(dp, W):
    return dp @ W.T


def dcandidates(dc, W):
    return dc @ W.T
