# mistake: keepdim -- a row of two dimensions
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


# mistake: constant_factor -- the mean for the sum
def db(dshifted):
    return dshifted.mean(0)


# mistake: wrong_operand -- times b
def db(dshifted, b):
    return dshifted.sum(0)*b


# mistake: sign -- a minus
def db(dshifted):
    return -dshifted.sum(0)


# mistake: upstream_unused -- only counted
def db(b, a):
    return a.shape[0]*torch.ones_like(b)


# mistake: wrong_index -- the first row only
def db(dshifted):
    return dshifted[0]


# mistake: other_gradient -- dscaled for dshifted
def db(dscaled):
    return dscaled.sum(0)


# mistake: zeros -- nothing is filled in
def db(b):
    return torch.zeros_like(b)
