# form: the other order
def dx2(dx2w2, w2):
    return dx2w2*w2


# form: straight from dn
def dx2(dn, w2):
    return dn*w2
