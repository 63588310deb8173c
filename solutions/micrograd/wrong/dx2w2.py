# mistake: wrong_operand -- times the other part
def dx2w2(ds, x1w1):
    return ds*x1w1


# mistake: constant_factor -- a half, as if the sum divided it
def dx2w2(ds):
    return ds/2


# mistake: sign -- a minus
def dx2w2(ds):
    return -ds


# mistake: upstream_unused -- one
def dx2w2(x2w2):
    return torch.ones_like(x2w2)


# mistake: zeros -- left as zeros
def dx2w2(x2w2):
    return torch.zeros_like(x2w2)
