# form: the other order
def dshifted(dscaled, t):
    return dscaled*t


# form: fused with the mean
def dshifted(dcentered, t):
    return t*(dcentered - dcentered.mean(1, keepdim=True))
