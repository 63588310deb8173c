# mistake: constant_factor -- the mean over the minibatch
def dpos_emb(dx):
    return dx.mean(0)


# mistake: not_summed -- one table per example
def dpos_emb(dx):
    return dx.clone()
