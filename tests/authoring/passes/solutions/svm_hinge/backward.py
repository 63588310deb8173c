import torch


def dmargins(margins):
    return torch.full_like(margins, 1 / margins.shape[0])


def dcorrect_class_score(margins, dmargins):
    return -(dmargins * (margins > 0)).sum(1, keepdim=True)


def dscores(margins, dmargins, y):
    n = margins.shape[0]
    d = dmargins * (margins > 0)
    d[range(n), y] -= d.sum(1)
    return d


def dX(dscores, W):
    return dscores @ W.T


def dW(dscores, X, W, reg):
    return X.T @ dscores + 2 * reg * W
