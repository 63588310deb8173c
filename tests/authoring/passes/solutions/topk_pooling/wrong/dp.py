# mistake: missing_path -- the norm is taken for a constant
def dp(dscore, X, p):
    return X.T @ dscore / p.norm()


# mistake: wrong_path -- the norm's power
def dp(dscore, score, X, p):
    norm = p.norm()
    return X.T @ dscore / norm - p * (dscore * score).sum() / norm
