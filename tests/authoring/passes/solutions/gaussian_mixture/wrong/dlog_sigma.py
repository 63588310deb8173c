# mistake: missing_path -- the normalization is left out
def dlog_sigma(dmaha, maha):
    return (-2 * dmaha * maha).sum(0)


# mistake: fused_term -- the two of the square is missing
def dlog_sigma(dmaha, dlog_norm, maha):
    return (-dmaha * maha).sum(0) + dlog_norm
