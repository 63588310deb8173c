# mistake: constant_factor -- mean over the minibatch
def dbias(dscores):
    return dscores.mean(0)
