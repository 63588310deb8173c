# form: the other order
def dw1(dx1w1, x1):
    return dx1w1*x1


# form: straight from dn
def dw1(dn, x1):
    return dn*x1


# form: in float32 whatever the input
def dw1(dx1w1, x1):
    return dx1w1.float()*x1.float()
