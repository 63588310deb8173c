# mistake: transposed -- p is not transposed
def dv(dout, p):
    return p @ dout
