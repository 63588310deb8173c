# mistake: wrong_index -- the first step
def dh4(dH):
    return dH[:, 0]


# mistake: wrong_index -- the previous step
def dh4(dH):
    return dH[:, 2]


# mistake: summed_too_far -- all four steps summed
def dh4(dH):
    return dH.sum(1)


# mistake: keepdim -- the time dimension is left
def dh4(dH):
    return dH[:, 3:]


# mistake: wrong_path -- a next step, which does not exist
def dh4(dH, Whh):
    return dH[:, 3] + dH[:, 3] @ Whh.T


# mistake: upstream_unused -- ones
def dh4(h4):
    return torch.ones_like(h4)


# mistake: sign -- a minus
def dh4(dH):
    return -dH[:, 3]


# mistake: zeros -- left as zeros
def dh4(h4):
    return torch.zeros_like(h4)
