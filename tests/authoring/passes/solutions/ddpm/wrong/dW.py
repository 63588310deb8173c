# mistake: transposed -- transposed
def dW(dpred, h):
    return dpred.T @ h
