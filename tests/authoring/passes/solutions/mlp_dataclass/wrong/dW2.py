# mistake: keepdim -- a column is missing
def dW2(dpred, h):
    return h.T @ dpred
