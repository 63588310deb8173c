# mistake: constant_factor -- the mean over the examples only
def dmix(dmse, mix, y):
    return dmse * 2 * (mix - y) / mix.shape[0]
