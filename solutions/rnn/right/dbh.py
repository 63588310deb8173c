# form: added first, then summed
def dbh(da1, da2, da3, da4):
    return (da1 + da2 + da3 + da4).sum(0)


# form: from the first step to the last
def dbh(da1, da2, da3, da4):
    return da1.sum(0) + da2.sum(0) + da3.sum(0) + da4.sum(0)


# form: stacked
def dbh(da1, da2, da3, da4):
    return torch.stack([da1, da2, da3, da4]).sum((0, 1))


# form: a loop
def dbh(da1, da2, da3, da4, bh):
    d = torch.zeros_like(bh)
    for da in (da4, da3, da2, da1):
        d += da.sum(0)
    return d
