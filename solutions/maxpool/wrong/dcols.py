# mistake: unknown -- not reshaped back
def dcols(dflat):
    return dflat.clone()


# mistake: permuted -- pixels before channels
def dcols(dflat, cols):
    return dflat.transpose(1, 2).reshape(cols.shape)


# mistake: summed_too_far -- the nine summed
def dcols(dflat, cols, c):
    return dflat.sum(2).repeat(1, 9, 1)


# mistake: upstream_unused -- ones
def dcols(cols):
    return torch.ones_like(cols)


# mistake: hard_coded -- two channels
def dcols(dflat, n):
    return dflat.reshape(n, 2*9, -1)


# mistake: sign -- a minus
def dcols(dflat):
    return -dflat.flatten(1, 2)


# mistake: zeros -- left as zeros
def dcols(cols):
    return torch.zeros_like(cols)
