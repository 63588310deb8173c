# mistake: not_summed -- one bias per token
def db2(dout):
    return dout.sum(0)


# mistake: constant_factor -- the mean over the tokens
def db2(dout):
    return dout.mean((0, 1))
