# mistake: transposed -- transposed
def dW(dpieces, x):
    return dpieces.flatten(1).T @ x
