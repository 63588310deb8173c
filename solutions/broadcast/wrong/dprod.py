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


# mistake: transposed -- transposed
def dprod(dshifted):
    return dshifted.T


# mistake: other_gradient -- dscaled instead of dshifted
def dprod(dscaled):
    return dscaled.clone()


# mistake: zeros -- left as zeros
def dprod(prod):
    return torch.zeros_like(prod)
