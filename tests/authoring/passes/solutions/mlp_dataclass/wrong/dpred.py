# mistake: constant_factor -- the half is forgotten
def dpred(pred, y):
    return 2 * (pred - y) / y.shape[0]


# mistake: sign -- the other way round
def dpred(pred, y):
    return (y - pred) / y.shape[0]
