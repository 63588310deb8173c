# form: view_as
def dlogits(dflat, logits):
    return dflat.view_as(logits)


# form: reshape
def dlogits(dflat, logits):
    return dflat.reshape(logits.shape)


# form: sizes hard-coded
def dlogits(dflat, targets):
    return dflat.view(targets.shape[0], targets.shape[1], -1)


# form: unflatten
def dlogits(dflat, targets):
    return dflat.unflatten(0, targets.shape)
