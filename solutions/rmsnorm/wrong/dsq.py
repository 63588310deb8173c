# mistake: not_expanded -- only one number per token
def dsq(dms, C):
    return dms/C


# mistake: constant_factor -- one feature fewer
def dsq(dms, sq, C):
    return dms.expand_as(sq)/(C - 1)


# mistake: constant_factor -- mean treated as a sum
def dsq(dms, sq):
    return dms.expand_as(sq)*1.0


# mistake: constant_factor -- divided by the number of positions
def dsq(dms, sq):
    return dms.expand_as(sq)/sq.shape[1]


# mistake: hard_coded -- twelve features
def dsq(dms, sq):
    return dms.expand_as(sq)/12


# mistake: wrong_operand -- times sq
def dsq(dms, sq, C):
    return dms*sq/C


# mistake: upstream_unused -- dms is missing
def dsq(sq, C):
    return torch.ones_like(sq)/C


# mistake: sign -- a minus
def dsq(dms, sq, C):
    return -dms.expand_as(sq)/C


# mistake: zeros -- left as zeros
def dsq(sq):
    return torch.zeros_like(sq)
