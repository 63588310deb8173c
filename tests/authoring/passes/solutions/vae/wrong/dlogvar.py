# mistake: missing_path -- only the KL term
def dlogvar(logvar):
    return -0.5 * (1 - logvar.exp()) / len(logvar)


# mistake: fused_term -- the half of the standard deviation is missing
def dlogvar(dstd, std, logvar):
    return dstd * std - 0.5 * (1 - logvar.exp()) / len(logvar)
