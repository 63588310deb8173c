# mistake: not_summed -- summed over the examples only
def dln1b(dln1):
    return dln1.sum(0)


# mistake: not_summed -- summed over the positions only
def dln1b(dln1):
    return dln1.sum(1)


# mistake: constant_factor -- averaged over the tokens
def dln1b(dln1):
    return dln1.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dln1b(dln1):
    return dln1.sum((0, 1), keepdim=True)


# mistake: wrong_operand -- times the gain
def dln1b(dln1, ln1w):
    return dln1.sum((0, 1))*ln1w


# mistake: wrong_index -- the last token only
def dln1b(dln1):
    return dln1[:, -1].sum(0)


# mistake: sign -- a minus
def dln1b(dln1):
    return -dln1.sum((0, 1))


# mistake: zeros -- left as zeros
def dln1b(ln1b):
    return torch.zeros_like(ln1b)
