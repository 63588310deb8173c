# mistake: not_summed -- summed over the batch only
def db(dout):
    return dout.sum(0)
