# mistake: not_summed -- not summed over the features
def dgate(dpooled, X, idx):
    return dpooled * X[idx]
