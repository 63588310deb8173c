# mistake: not_summed -- the whole table
def dt(dscaled, shifted):
    return dscaled*shifted


# mistake: summed_too_far -- a sum too early
def dt(dscaled, shifted):
    return dscaled.sum()*shifted.sum()


# mistake: not_summed -- summed over the rows only
def dt(dscaled, shifted):
    return (dscaled*shifted).sum(0)


# mistake: keepdim -- a table of one number
def dt(dscaled, shifted):
    return (dscaled*shifted).sum((0, 1), keepdim=True)


# mistake: keepdim -- a vector of one number
def dt(dscaled, shifted):
    return (dscaled*shifted).sum().view(1)


# mistake: constant_factor -- the mean for the sum
def dt(dscaled, shifted):
    return (dscaled*shifted).mean()


# mistake: wrong_operand -- scaled for shifted
def dt(dscaled, scaled):
    return (dscaled*scaled).sum()


# mistake: upstream_unused -- only shifted
def dt(shifted):
    return shifted.sum()


# mistake: upstream_only -- the other factor is forgotten
def dt(dscaled):
    return dscaled.sum()


# mistake: sign -- a minus
def dt(dscaled, shifted):
    return -(dscaled*shifted).sum()


# mistake: other_gradient -- dcentered for dscaled
def dt(dcentered, shifted):
    return (dcentered*shifted).sum()


# mistake: zeros -- nothing is filled in
def dt(t):
    return torch.zeros_like(t)
