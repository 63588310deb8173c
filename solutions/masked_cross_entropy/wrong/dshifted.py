# mistake: missing_path -- the path through the sum of exponentials is missing
def dshifted(dlogp):
    return dlogp.clone()


# mistake: missing_path -- only the path through the sum of exponentials
def dshifted(dexpd, expd):
    return dexpd*expd


# mistake: negated_path -- the exponential with a minus
def dshifted(dlogp, dexpd, expd):
    return dlogp - dexpd*expd


# mistake: doubled_path -- the exponential twice
def dshifted(dlogp, dexpd, expd):
    return dlogp + 2*dexpd*expd


# mistake: wrong_path -- the exponential's own derivative is missing
def dshifted(dlogp, dexpd):
    return dlogp + dexpd


# mistake: wrong_path -- dexpd divided by expd
def dshifted(dlogp, dexpd, expd):
    return dlogp + dexpd/expd


# mistake: wrong_path -- shifted instead of its exponential
def dshifted(dlogp, dexpd, shifted):
    return dlogp + dexpd*shifted


# mistake: softmax_jacobian -- only the diagonal
def dshifted(dlogp, logp):
    return dlogp*(1 - logp.exp())


# mistake: softmax_jacobian -- the sum over the tokens
def dshifted(dlogp, logp):
    return dlogp - logp.exp()*dlogp.sum(0, keepdim=True)


# mistake: fused_term -- divided by the number of all tokens
def dshifted(logp, safe, active, N):
    return (logp.exp() - F.one_hot(safe, logp.shape[1]))*active[:, None]/N


# mistake: fused_term -- tokens that do not count get a gradient
def dshifted(logp, safe, active):
    return (logp.exp() - F.one_hot(safe, logp.shape[1]))/active.sum()


# mistake: fused_term -- the one-hot row is missing
def dshifted(logp, active):
    return logp.exp()*active[:, None]/active.sum()


# mistake: sign -- everything with a minus
def dshifted(dlogp, dexpd, expd):
    return -dlogp - dexpd*expd


# mistake: zeros -- left as zeros
def dshifted(shifted):
    return torch.zeros_like(shifted)
