# mistake: wrong_operand -- times the other part
def dx1w1(ds, x2w2):
    return ds*x2w2


# mistake: constant_factor -- a half, as if the sum divided it
def dx1w1(ds):
    return ds/2


# mistake: sign -- a minus
def dx1w1(ds):
    return -ds


# mistake: upstream_unused -- one
def dx1w1(x1w1):
    return torch.ones_like(x1w1)


# mistake: wrong_operand -- its share of the sum
def dx1w1(ds, x1w1, s):
    return ds*x1w1/s


# mistake: zeros -- left as zeros
def dx1w1(x1w1):
    return torch.zeros_like(x1w1)
