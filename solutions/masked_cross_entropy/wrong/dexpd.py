# mistake: not_expanded -- only the column
def dexpd(dsumexp):
    return dsumexp.clone()


# mistake: wrong_operand -- times expd
def dexpd(dsumexp, expd):
    return dsumexp*expd


# mistake: constant_factor -- divided as by a mean
def dexpd(dsumexp, expd):
    return dsumexp.expand_as(expd)/expd.shape[1]


# mistake: upstream_unused -- ones
def dexpd(expd):
    return torch.ones_like(expd)


# mistake: hard_coded -- 27 classes
def dexpd(dsumexp):
    return dsumexp.repeat(1, 27)


# mistake: wrong_axis -- copied down a column
def dexpd(dsumexp, expd):
    return dsumexp[:1].expand_as(expd)


# mistake: sign -- a minus
def dexpd(dsumexp, expd):
    return -dsumexp.expand_as(expd)


# mistake: zeros -- left as zeros
def dexpd(expd):
    return torch.zeros_like(expd)
