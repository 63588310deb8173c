# mistake: wrong_power -- T without the square
def dlog_q(dkd, soft_targets, T):
    return -dkd * soft_targets / soft_targets.shape[0] * T


# mistake: sign -- the minus is missing
def dlog_q(dkd, soft_targets, T):
    return dkd * soft_targets / soft_targets.shape[0] * T**2


# mistake: constant_factor -- a mean over all numbers
def dlog_q(dkd, soft_targets, T):
    return -dkd * soft_targets / soft_targets.numel() * T**2
