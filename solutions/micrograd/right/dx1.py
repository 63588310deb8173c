# form: the other order
def dx1(dx1w1, w1):
    return dx1w1*w1


# form: straight from dn
def dx1(dn, w1):
    return dn*w1


# form: written in float32 whatever comes in
def dx1(dx1w1, w1):
    return dx1w1.float()*w1.float()
