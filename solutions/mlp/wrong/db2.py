# mistake: constant_factor -- mean instead of sum
def db2(dlogits):
    return dlogits.mean(0)


# mistake: keepdim -- the dimension is kept, although b2 has only one
def db2(dlogits):
    return dlogits.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the columns
def db2(dlogits):
    return dlogits.sum(1)


# mistake: not_summed -- the sum is missing
def db2(dlogits):
    return dlogits.clone()


# mistake: summed_too_far -- a single number for everything
def db2(dlogits):
    return dlogits.sum()


# mistake: summed_too_far -- a single number at every position
def db2(dlogits, b2):
    return dlogits.sum() * torch.ones_like(b2)


# mistake: sign -- an extra minus
def db2(dlogits):
    return -dlogits.sum(0)


# mistake: wrong_index -- the last example is left out
def db2(dlogits):
    return dlogits[:-1].sum(0)


# mistake: wrong_index -- only the last example
def db2(dlogits):
    return dlogits[-1]


# mistake: hard_coded -- the mean times 32
def db2(dlogits):
    return dlogits.mean(0)*32


# mistake: constant_factor -- twice
def db2(dlogits):
    return 2*dlogits.sum(0)


# mistake: wrong_operand -- times the bias
def db2(dlogits, b2):
    return (dlogits*b2).sum(0)


# mistake: upstream_unused -- n at every position
def db2(b2, n):
    return torch.ones_like(b2)*n


# mistake: wrong_dtype -- in float64
def db2(dlogits):
    return dlogits.double().sum(0)


# mistake: zeros -- left as zeros
def db2(b2):
    return torch.zeros_like(b2)


# mistake: other_gradient -- dprobs instead of dlogits
def db2(dprobs):
    return dprobs.sum(0)


# mistake: float32_pinned -- the mean, in float32
def db2(dlogits):
    return dlogits.float().mean(0)
