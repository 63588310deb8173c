# mistake: wrong_index -- the first step
def dh4(dH):
    return dH[:, 0]


# mistake: wrong_index -- the step before
def dh4(dH):
    return dH[:, 2]


# mistake: summed_too_far -- all four steps added up
def dh4(dH):
    return dH.sum(1)


# mistake: keepdim -- the dimension of time is left
def dh4(dH):
    return dH[:, 3:]


# mistake: wrong_path -- a next step, which there is not
def dh4(dH, Whh):
    return dH[:, 3] + dH[:, 3] @ Whh.T


# mistake: upstream_unused -- ones
def dh4(h4):
    return torch.ones_like(h4)


# mistake: sign -- a minus
def dh4(dH):
    return -dH[:, 3]


# mistake: zeros -- nothing is filled in
def dh4(h4):
    return torch.zeros_like(h4)
