# form: the other order
def dg(dc, i):
    return i*dc


# form: one line later
def dg(dtc, tc, cotc, i):
    return (dtc*(1 - tc**2) + cotc)*i
