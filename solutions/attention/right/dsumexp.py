# form: the square written out
def dsumexp(dp, expd, sumexp):
    return -(dp*expd).sum(3, keepdim=True)/sumexp**2


# form: a power
def dsumexp(dp, expd, sumexp):
    return (-dp*expd*sumexp**-2).sum(3, keepdim=True)


# form: p divided at the end
def dsumexp(dp, p, sumexp):
    return -(dp*p).sum(3, keepdim=True)/sumexp


# form: einsum
def dsumexp(dp, p, sumexp):
    return -torch.einsum('nhts,nhts->nht', dp, p)[..., None]/sumexp


# form: in float32 whatever the input
def dsumexp(dp, p, sumexp):
    return -(dp.float()*p.float()).sum(3, keepdim=True)/sumexp.float()
