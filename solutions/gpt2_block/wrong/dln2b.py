# mistake: not_summed -- summed over the examples only
def dln2b(dln2):
    return dln2.sum(0)


# mistake: not_summed -- summed over the positions only
def dln2b(dln2):
    return dln2.sum(1)


# mistake: constant_factor -- averaged over the tokens
def dln2b(dln2):
    return dln2.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dln2b(dln2):
    return dln2.sum((0, 1), keepdim=True)


# mistake: wrong_operand -- times the gain
def dln2b(dln2, ln2w):
    return dln2.sum((0, 1))*ln2w


# mistake: wrong_index -- the last token only
def dln2b(dln2):
    return dln2[:, -1].sum(0)


# mistake: sign -- a minus
def dln2b(dln2):
    return -dln2.sum((0, 1))


# mistake: zeros -- left as zeros
def dln2b(ln2b):
    return torch.zeros_like(ln2b)
