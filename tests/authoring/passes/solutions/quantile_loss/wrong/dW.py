# mistake: transposed -- transposed
def dW(dq, X):
    return dq.T @ X
