# mistake: constant_factor -- the mean over the rows only
def dpred(pred, y):
    return 2 * (pred - y) / pred.shape[0]
