# mistake: keepdim -- a dimension is missing
def dlog_Z(dlog_probs):
    return -dlog_probs.sum(1)


# mistake: sign -- the minus is missing
def dlog_Z(dlog_probs):
    return dlog_probs.sum(1, keepdim=True)
