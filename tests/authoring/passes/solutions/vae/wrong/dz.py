# mistake: missing_path -- the relu is left out
def dz(dh2, W2):
    return dh2 @ W2.T
