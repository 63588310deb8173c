# mistake: permuted -- the steps in the wrong order
def dx(dout, out, x, W, U, b):
    return _through_time(dout, out, x, W, U, b)[0].flip(0) @ W.T
