# form: the other order
def dx1(dx1w1, w1):
    return dx1w1*w1


# form: straight from dn
def dx1(dn, w1):
    return dn*w1


# form: in float32 whatever the input
def dx1(dx1w1, w1):
    return dx1w1.float()*w1.float()
