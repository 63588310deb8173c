# mistake: keepdim -- the dimension is lost
def drowmean(dcentered):
    return -dcentered.sum(1)


# mistake: wrong_axis -- summed over the rows
def drowmean(dcentered):
    return -dcentered.sum(0, keepdim=True)


# mistake: not_summed -- the whole table
def drowmean(dcentered):
    return -dcentered


# mistake: summed_too_far -- one number
def drowmean(dcentered):
    return -dcentered.sum()


# mistake: sign -- the minus is missing
def drowmean(dcentered):
    return dcentered.sum(1, keepdim=True)


# mistake: constant_factor -- mean instead of sum
def drowmean(dcentered):
    return -dcentered.mean(1, keepdim=True)


# mistake: wrong_operand -- times centered
def drowmean(dcentered, centered):
    return -(dcentered*centered).sum(1, keepdim=True)


# mistake: upstream_unused -- only the counts
def drowmean(rowmean, scaled):
    return -scaled.shape[1]*torch.ones_like(rowmean)


# mistake: wrong_index -- the last column is left out
def drowmean(dcentered):
    return -dcentered[:, :-1].sum(1, keepdim=True)


# mistake: hard_coded -- nine columns
def drowmean(dcentered):
    return -9*dcentered.mean(1, keepdim=True)


# mistake: zeros -- left as zeros
def drowmean(rowmean):
    return torch.zeros_like(rowmean)
