# form: flatten
def dpooled(dout):
    return dout.flatten(2)


# form: reshape
def dpooled(dout, n, c):
    return dout.reshape(n, c, -1)


# form: straight from cot
def dpooled(cot, pooled):
    return cot.view_as(pooled)
