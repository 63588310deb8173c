# form: two steps with +=
def dshifted(dlogp, dexpd, expd):
    d = dlogp.clone()
    d += expd*dexpd
    return d


# form: addcmul
def dshifted(dlogp, dexpd, expd):
    return torch.addcmul(dlogp, dexpd, expd)


# form: exp recomputed
def dshifted(dlogp, dexpd, shifted):
    return dlogp + dexpd*shifted.exp()


# form: from dsumexp
def dshifted(dlogp, dsumexp, expd):
    return dlogp + dsumexp*expd


# form: the log-softmax in one go
def dshifted(dlogp, logp):
    return dlogp - logp.exp()*dlogp.sum(1, keepdim=True)


# form: fused to the loss: probabilities minus one-hot, for the tokens that count
def dshifted(logp, safe, active):
    return (logp.exp() - F.one_hot(safe, logp.shape[1]))*active[:, None]/active.sum()


# form: in float32 whatever the input
def dshifted(dlogp, dexpd, expd):
    return dlogp.float() + dexpd.float()*expd.float()
