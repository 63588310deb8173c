# mistake: other_gradient -- the sigmoid is skipped
def dbr(dr):
    return dr.sum(0)


# mistake: constant_factor -- averaged over the minibatch
def dbr(dra):
    return dra.mean(0)


# mistake: keepdim -- a row with two dimensions
def dbr(dra):
    return dra.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def dbr(dra):
    return dra.sum(1)


# mistake: not_summed -- one per example
def dbr(dra):
    return dra.clone()


# mistake: wrong_operand -- times br
def dbr(dra, br):
    return dra.sum(0)*br


# mistake: sign -- a minus
def dbr(dra):
    return -dra.sum(0)


# mistake: zeros -- left as zeros
def dbr(br):
    return torch.zeros_like(br)
