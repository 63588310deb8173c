# form: reshape
def doutmat(dout, n, o):
    return dout.reshape(n, o, -1)


# form: flatten
def doutmat(dout):
    return dout.flatten(2)


# form: straight from cot
def doutmat(cot, outmat):
    return cot.view_as(outmat)
