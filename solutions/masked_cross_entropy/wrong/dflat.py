# mistake: missing_path -- the mean of the row is subtracted
def dflat(dshifted, flat):
    return dshifted - flat.mean(1, keepdim=True)


# mistake: wrong_path -- a gradient comes back through the maxima after all
def dflat(dshifted, flat):
    return dshifted - F.one_hot(flat.argmax(1), flat.shape[1])


# mistake: upstream_unused -- ones
def dflat(flat):
    return torch.ones_like(flat)


# mistake: wrong_operand -- only at the maxima
def dflat(dshifted, shifted):
    return dshifted*(shifted == 0)


# mistake: summed_too_far -- summed over the classes
def dflat(dshifted):
    return dshifted.sum(1, keepdim=True)


# mistake: sign -- a minus
def dflat(dshifted):
    return -dshifted


# mistake: zeros -- left as zeros
def dflat(flat):
    return torch.zeros_like(flat)
