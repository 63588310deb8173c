# form: the other order
def dcprev(dc, f):
    return f*dc


# form: one line later
def dcprev(dtc, tc, cotc, f):
    return (dtc*(1 - tc**2) + cotc)*f
