# form: chunk
def dr2(dout):
    return dout.chunk(2, 2)[1]


# form: counted from the end
def dr2(dout, half):
    return dout[..., -half:]


# form: narrow
def dr2(dout, half):
    return dout.narrow(2, half, half)
