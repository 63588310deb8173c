# mistake: constant_factor -- mean instead of sum
def dbs2(dh):
    return dh.mean(0)
