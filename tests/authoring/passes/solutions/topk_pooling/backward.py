import torch


def dgate(dpooled, X, idx):
    return (dpooled * X[idx]).sum(1)


def dtop_score(dgate, gate):
    return dgate * gate * (1 - gate)


def dscore(dtop_score, score, idx):
    return torch.zeros_like(score).scatter(0, idx, dtop_score)


def dX(dpooled, dscore, gate, idx, X, p):
    d = torch.outer(dscore, p) / p.norm()
    d[idx] += dpooled * gate[:, None]
    return d


def dp(dscore, score, X, p):
    norm = p.norm()
    return X.T @ dscore / norm - p * (dscore * score).sum() / norm**2
