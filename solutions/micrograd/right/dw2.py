# form: the other order
def dw2(dx2w2, x2):
    return dx2w2*x2


# form: straight from dn
def dw2(dn, x2):
    return dn*x2
