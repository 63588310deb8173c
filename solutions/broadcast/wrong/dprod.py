# mistake: wrong_operand -- times b
def dprod(dshifted, b):
    return dshifted*b


# mistake: upstream_unused -- ones
def dprod(prod):
    return torch.ones_like(prod)


# mistake: sign -- a minus
def dprod(dshifted):
    return -dshifted


# mistake: summed_too_far -- summed over the rows
def dprod(dshifted):
    return dshifted.sum(0)


# mistake: transposed -- turned
def dprod(dshifted):
    return dshifted.T


# mistake: other_gradient -- dscaled for dshifted
def dprod(dscaled):
    return dscaled.clone()


# mistake: zeros -- nothing is filled in
def dprod(prod):
    return torch.zeros_like(prod)
