# mistake: not_summed -- one per example
def dpos(dx):
    return dx.clone()


# mistake: constant_factor -- mean instead of sum
def dpos(dx):
    return dx.mean(0)


# mistake: keepdim -- a size-1 dimension is left
def dpos(dx):
    return dx.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the positions
def dpos(dx):
    return dx.sum(1)


# mistake: summed_too_far -- one row for all positions
def dpos(dx, pos):
    return dx.sum((0, 1)).expand_as(pos)


# mistake: wrong_index -- the first example only
def dpos(dx):
    return dx[0]


# mistake: upstream_unused -- only the counts
def dpos(pos, idx):
    return idx.shape[0]*torch.ones_like(pos)


# mistake: sign -- a minus
def dpos(dx):
    return -dx.sum(0)


# mistake: hard_coded -- sixteen examples
def dpos(dx):
    return 16*dx.mean(0)


# mistake: zeros -- left as zeros
def dpos(pos):
    return torch.zeros_like(pos)
