# form: the last slice
def dh4(dH):
    return dH[:, -1]


# form: select
def dh4(dH):
    return dH.select(1, 3)


# form: unbind
def dh4(dH):
    return dH.unbind(1)[3]


# form: straight from cot
def dh4(cot):
    return cot[:, 3].clone()
