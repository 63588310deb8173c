# form: times the reciprocal
def dkept(ddropped, p):
    return ddropped*(1/(1 - p))


# form: a power
def dkept(ddropped, p):
    return (1 - p)**-1*ddropped


# form: straight from dout
def dkept(dout, p):
    return dout/(1 - p)


# form: in float32 whatever the input
def dkept(ddropped, p):
    return ddropped.float()/(1 - p)
