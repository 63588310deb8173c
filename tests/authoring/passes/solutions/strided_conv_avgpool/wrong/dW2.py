# mistake: transposed -- transposed
def dW2(dlogits, h):
    return dlogits.T @ h
