# mistake: transposed -- transposed
def dWg(dscores, scores, x):
    return _kept(dscores, scores).T @ x
