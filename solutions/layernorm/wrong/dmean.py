# mistake: keepdim -- the dimension is lost
def dmean(dxshift):
    return -dxshift.sum(2)


# mistake: sign -- the minus is missing
def dmean(dxshift):
    return dxshift.sum(2, keepdim=True)


# mistake: not_summed -- the full shape
def dmean(dxshift):
    return -dxshift


# mistake: wrong_axis -- summed over the positions
def dmean(dxshift):
    return -dxshift.sum(1, keepdim=True)


# mistake: wrong_axis -- summed over the examples, as in batch norm
def dmean(dxshift):
    return -dxshift.sum(0, keepdim=True)


# mistake: constant_factor -- mean instead of sum
def dmean(dxshift):
    return -dxshift.mean(2, keepdim=True)


# mistake: summed_too_far -- one number
def dmean(dxshift):
    return -dxshift.sum()


# mistake: upstream_unused -- only the counts
def dmean(mean, C):
    return -C*torch.ones_like(mean)


# mistake: wrong_operand -- times xshift
def dmean(dxshift, xshift):
    return -(dxshift*xshift).sum(2, keepdim=True)


# mistake: zeros -- left as zeros
def dmean(mean):
    return torch.zeros_like(mean)
