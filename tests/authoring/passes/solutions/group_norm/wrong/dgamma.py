# mistake: keepdim -- the dimensions of size 1 are missing
def dgamma(dout, x_norm):
    return (dout * x_norm).sum((0, 2, 3))
