# mistake: missing_path -- the tanh is left out
def dh(dout, W):
    return dout @ W.T
