# form: chunk
def dr1(dout):
    return dout.chunk(2, 2)[0]


# form: size from r1
def dr1(dout, r1):
    return dout[..., :r1.shape[2]]


# form: narrow
def dr1(dout, half):
    return dout.narrow(2, 0, half)
