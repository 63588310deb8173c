# mistake: missing_path -- only the last step
def dbh(da4):
    return da4.sum(0)


# mistake: missing_path -- only the first step
def dbh(da1):
    return da1.sum(0)


# mistake: missing_path -- one step is missing
def dbh(da2, da3, da4):
    return da4.sum(0) + da3.sum(0) + da2.sum(0)


# mistake: constant_factor -- averaged over the steps
def dbh(da1, da2, da3, da4):
    return (da1 + da2 + da3 + da4).sum(0)/4


# mistake: constant_factor -- averaged over the minibatch
def dbh(da1, da2, da3, da4):
    return (da1 + da2 + da3 + da4).mean(0)


# mistake: not_summed -- one per example
def dbh(da1, da2, da3, da4):
    return da1 + da2 + da3 + da4


# mistake: keepdim -- a row with two dimensions
def dbh(da1, da2, da3, da4):
    return (da1 + da2 + da3 + da4).sum(0, keepdim=True)


# mistake: other_gradient -- the states instead of their inputs: the tanh is skipped
def dbh(dh1, dh2, dh3, dh4):
    return (dh1 + dh2 + dh3 + dh4).sum(0)


# mistake: other_gradient -- only the loss at each step itself
def dbh(dH, H):
    return (dH*(1 - H**2)).sum((0, 1))


# mistake: doubled_path -- one step is counted twice
def dbh(da1, da2, da3, da4):
    return (da1 + da2 + da3 + da4 + da4).sum(0)


# mistake: wrong_path -- each step overwrites the previous one
def dbh(da1, da2, da3, da4, bh):
    d = torch.zeros_like(bh)
    for da in (da4, da3, da2, da1):
        d = da.sum(0)
    return d


# mistake: sign -- a minus
def dbh(da1, da2, da3, da4):
    return -(da1 + da2 + da3 + da4).sum(0)


# mistake: zeros -- left as zeros
def dbh(bh):
    return torch.zeros_like(bh)
