# mistake: not_summed -- the whole table
def dt(dscaled, shifted):
    return dscaled*shifted


# mistake: summed_too_far -- summed one step too early
def dt(dscaled, shifted):
    return dscaled.sum()*shifted.sum()


# mistake: not_summed -- summed over the rows only
def dt(dscaled, shifted):
    return (dscaled*shifted).sum(0)


# mistake: keepdim -- a table with one element
def dt(dscaled, shifted):
    return (dscaled*shifted).sum((0, 1), keepdim=True)


# mistake: keepdim -- a vector with one element
def dt(dscaled, shifted):
    return (dscaled*shifted).sum().view(1)


# mistake: constant_factor -- mean instead of sum
def dt(dscaled, shifted):
    return (dscaled*shifted).mean()


# mistake: wrong_operand -- scaled instead of shifted
def dt(dscaled, scaled):
    return (dscaled*scaled).sum()


# mistake: upstream_unused -- only shifted
def dt(shifted):
    return shifted.sum()


# mistake: upstream_only -- the other factor is missing
def dt(dscaled):
    return dscaled.sum()


# mistake: sign -- a minus
def dt(dscaled, shifted):
    return -(dscaled*shifted).sum()


# mistake: other_gradient -- dcentered instead of dscaled
def dt(dcentered, shifted):
    return (dcentered*shifted).sum()


# mistake: zeros -- left as zeros
def dt(t):
    return torch.zeros_like(t)
