import torch


def _unit_back(d, v, eps=1e-8):
    norm = v.norm(dim=1, keepdim=True)
    return d / (norm + eps) - v * (d * v).sum(1, keepdim=True) / (norm * (norm + eps)**2)


def dlogits(logits, y):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d / len(y)


def dscale(dlogits, cos):
    return (dlogits * cos).sum()


def dcos(dlogits, scale):
    return dlogits * scale


def df(dcos, w):
    return dcos @ w


def dw(dcos, f):
    return dcos.T @ f


def dW(dw, W):
    return _unit_back(dw, W)


def dfeats(df, feats):
    return _unit_back(df, feats)
