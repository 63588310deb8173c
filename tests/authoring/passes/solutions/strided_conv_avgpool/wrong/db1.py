# mistake: constant_factor -- the four of the average pool is missing
def db1(dh, x, W1, b1):
    return _dconv(dh, x, W1, b1).sum((0, 2, 3)) * 4
