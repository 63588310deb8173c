# form: ones times
def dsq(dms, sq, C):
    return torch.ones_like(sq)*dms/C


# form: C from the shape
def dsq(dms, sq):
    return dms.expand(sq.shape)/sq.shape[2]


# form: repeat
def dsq(dms, C):
    return dms.repeat(1, 1, C)/C
