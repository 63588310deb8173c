# form: the other order
def dact(dhid, up):
    return up*dhid


# form: up again
def dact(dhid, x, Wu):
    return dhid*(x @ Wu)


# form: in float32 whatever the input
def dact(dhid, up):
    return dhid.float()*up.float()
