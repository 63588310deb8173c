# form: the other order
def di(dc, g):
    return g*dc


# form: one line later
def di(dtc, tc, cotc, g):
    return (dtc*(1 - tc**2) + cotc)*g
