# form: a copy
def dflat(dshifted):
    return dshifted.clone()


# form: one step later
def dflat(dlogp, dexpd, expd):
    return dlogp + dexpd*expd
