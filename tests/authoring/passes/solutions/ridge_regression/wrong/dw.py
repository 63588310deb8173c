# mistake: missing_path -- the penalty is forgotten
def dw(dy_hat, X):
    return X.T @ dy_hat


# mistake: wrong_path -- the two of the penalty is missing
def dw(dy_hat, X, w, lam):
    return X.T @ dy_hat + lam * w


# mistake: wrong_path -- the penalty of the size of w, not of its square
def dw(dy_hat, X, w, lam):
    return X.T @ dy_hat + 2 * lam * w.sign()


# mistake: missing_path -- the penalty only
def dw(w, lam):
    return 2 * lam * w
