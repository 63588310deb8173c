# form: the other order
def dms(drrms, ms):
    return -0.5*(ms + 1e-5)**-1.5*drrms


# form: by rrms cubed
def dms(drrms, rrms):
    return -0.5*rrms**3*drrms


# form: divided
def dms(drrms, ms):
    return -drrms/(2*(ms + 1e-5)**1.5)


# form: in float32 whatever the input
def dms(drrms, rrms):
    return -0.5*rrms.float()**3*drrms.float()
