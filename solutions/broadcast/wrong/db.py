# mistake: keepdim -- a row with two dimensions
def db(dshifted):
    return dshifted.sum(0, keepdim=True)


# mistake: wrong_axis -- summed along the rows
def db(dshifted):
    return dshifted.sum(1)


# mistake: not_summed -- the whole table
def db(dshifted):
    return dshifted.clone()


# mistake: summed_too_far -- one number
def db(dshifted):
    return dshifted.sum()


# mistake: constant_factor -- mean instead of sum
def db(dshifted):
    return dshifted.mean(0)


# mistake: wrong_operand -- times b
def db(dshifted, b):
    return dshifted.sum(0)*b


# mistake: sign -- a minus
def db(dshifted):
    return -dshifted.sum(0)


# mistake: upstream_unused -- only the counts
def db(b, a):
    return a.shape[0]*torch.ones_like(b)


# mistake: wrong_index -- the first row only
def db(dshifted):
    return dshifted[0]


# mistake: other_gradient -- dscaled instead of dshifted
def db(dscaled):
    return dscaled.sum(0)


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)
