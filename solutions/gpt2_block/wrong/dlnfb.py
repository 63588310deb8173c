# mistake: not_summed -- summed over the examples only
def dlnfb(dlnf):
    return dlnf.sum(0)


# mistake: not_summed -- summed over the positions only
def dlnfb(dlnf):
    return dlnf.sum(1)


# mistake: constant_factor -- averaged over the tokens
def dlnfb(dlnf):
    return dlnf.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dlnfb(dlnf):
    return dlnf.sum((0, 1), keepdim=True)


# mistake: wrong_operand -- times the gain
def dlnfb(dlnf, lnfw):
    return dlnf.sum((0, 1))*lnfw


# mistake: wrong_index -- the last token only
def dlnfb(dlnf):
    return dlnf[:, -1].sum(0)


# mistake: sign -- a minus
def dlnfb(dlnf):
    return -dlnf.sum((0, 1))


# mistake: zeros -- left as zeros
def dlnfb(lnfb):
    return torch.zeros_like(lnfb)
