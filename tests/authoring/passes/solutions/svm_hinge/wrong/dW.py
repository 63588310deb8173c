# mistake: missing_path -- the regularization is forgotten
def dW(dscores, X):
    return X.T @ dscores


# mistake: wrong_path -- the two of the penalty is missing
def dW(dscores, X, W, reg):
    return X.T @ dscores + reg * W


# mistake: transposed -- transposed
def dW(dscores, X, W, reg):
    return (X.T @ dscores + 2 * reg * W).T
