# mistake: missing_path -- the scores are taken for constants
def dX(dpooled, gate, idx, X):
    d = torch.zeros_like(X)
    d[idx] = dpooled * gate[:, None]
    return d


# mistake: missing_path -- only the path through the scores
def dX(dscore, p):
    return torch.outer(dscore, p) / p.norm()


# mistake: wrong_path -- the first k nodes
def dX(dpooled, dscore, gate, idx, p):
    d = torch.outer(dscore, p) / p.norm()
    d[:len(idx)] += dpooled * gate[:, None]
    return d
