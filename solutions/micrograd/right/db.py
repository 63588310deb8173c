# form: a copy
def db(dn):
    return dn.clone()


# form: fused: the derivative of tanh
def db(do, o):
    return (1 - o**2)*do
