# mistake: missing_path -- the squared lengths are left out
def dX(dD2, X):
    return -2 * (dD2 + dD2.T) @ X


# mistake: doubled_path -- X stands on both sides, but only one is taken, twice
def dX(dD2, dsq, X):
    return 2 * X * dsq[:, None] - 2 * dD2 @ X
