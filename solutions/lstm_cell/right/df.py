# form: the other order
def df(dc, cprev):
    return cprev*dc


# form: one line later
def df(dtc, tc, cotc, cprev):
    return (dtc*(1 - tc**2) + cotc)*cprev
