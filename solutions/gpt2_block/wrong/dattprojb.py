# mistake: not_summed -- summed over the examples only
def dattprojb(dattproj):
    return dattproj.sum(0)


# mistake: constant_factor -- averaged over the tokens
def dattprojb(dattproj):
    return dattproj.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dattprojb(dattproj):
    return dattproj.sum((0, 1), keepdim=True)


# mistake: wrong_index -- the first token only
def dattprojb(dattproj):
    return dattproj[:, 0].sum(0)


# mistake: wrong_operand -- times the bias
def dattprojb(dattproj, attprojb):
    return dattproj.sum((0, 1))*attprojb


# mistake: sign -- a minus
def dattprojb(dattproj):
    return -dattproj.sum((0, 1))


# mistake: zeros -- left as zeros
def dattprojb(attprojb):
    return torch.zeros_like(attprojb)
