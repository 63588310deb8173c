# mistake: constant_factor -- mean instead of sum
def db1(dh, x, W1, b1, mask, p):
    return _dz(dh, x, W1, b1, mask, p).mean(0)
