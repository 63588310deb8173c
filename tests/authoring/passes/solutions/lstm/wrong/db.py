# mistake: constant_factor -- the mean over the minibatch
def db(dout, out, x, W, U, b):
    return _through_time(dout, out, x, W, U, b)[0].mean(1).sum(0)
