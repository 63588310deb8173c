# mistake: constant_factor -- the scale is missing
def dq(datt, k):
    return datt @ k
