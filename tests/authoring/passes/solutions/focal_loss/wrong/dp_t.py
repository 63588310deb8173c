# mistake: missing_path -- the focal factor is taken for a constant
def dp_t(dce, p_t):
    return -dce / p_t


# mistake: negated_path -- the minus of 1 - p_t is missing
def dp_t(dce, dfocal, p_t, gamma):
    return -dce / p_t + dfocal * gamma * (1 - p_t)**(gamma - 1)


# mistake: wrong_path -- gamma is not lowered by one
def dp_t(dce, dfocal, p_t, gamma):
    return -dce / p_t - dfocal * gamma * (1 - p_t)**gamma
