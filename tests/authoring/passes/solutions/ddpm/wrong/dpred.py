# mistake: constant_factor -- the mean over the rows only
def dpred(pred, noise):
    return 2 * (pred - noise) / len(pred)


# mistake: wrong_operand -- the example instead of the noise
def dpred(pred, x0):
    return 2 * (pred - x0) / pred.numel()
