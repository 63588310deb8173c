# mistake: sign -- a minus
def dq(dscores, k):
    return -dscores @ k / k.shape[-1] ** 0.5
