# mistake: constant_factor -- the scale is missing
def dq(dscores, k):
    return dscores @ k


# mistake: transposed -- the scores are transposed
def dq(dscores, k):
    return dscores.transpose(1, 2) @ k / k.shape[-1] ** 0.5
