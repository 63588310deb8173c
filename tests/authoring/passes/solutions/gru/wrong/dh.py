# mistake: constant_factor -- the two is missing
def dh(h, y):
    return (h - y) / h.numel()


# mistake: sign -- the other way round
def dh(h, y):
    return 2 * (y - h) / h.numel()
