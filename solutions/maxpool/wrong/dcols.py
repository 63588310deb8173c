# mistake: unknown -- not laid out again
def dcols(dflat):
    return dflat.clone()


# mistake: permuted -- pixels before channels
def dcols(dflat, cols):
    return dflat.transpose(1, 2).reshape(cols.shape)


# mistake: summed_too_far -- the nine added up
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


# mistake: zeros -- nothing is filled in
def dcols(cols):
    return torch.zeros_like(cols)
