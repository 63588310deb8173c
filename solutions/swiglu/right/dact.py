# form: the other order
def dact(dhid, up):
    return up*dhid


# form: up again
def dact(dhid, x, Wu):
    return dhid*(x @ Wu)


# form: written in float32 whatever comes in
def dact(dhid, up):
    return dhid.float()*up.float()
