# mistake: not_summed -- summed over the batch only
def dbeta(dout):
    return dout.sum(0, keepdim=True)
