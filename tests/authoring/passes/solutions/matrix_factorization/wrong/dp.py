# mistake: missing_path -- the regularization is forgotten
def dp(dpred, q):
    return dpred[:, None] * q


# mistake: wrong_path -- the mean treated as a sum
def dp(dpred, dreg, p, q):
    return dpred[:, None] * q + dreg * 2 * p


# mistake: wrong_path -- p instead of q
def dp(dpred, dreg, p):
    return dpred[:, None] * p + dreg * 2 * p / p.shape[0]
