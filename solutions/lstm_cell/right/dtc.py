# form: the other order
def dtc(dh, o):
    return o*dh


# form: straight from coth
def dtc(coth, o):
    return coth*o
