# mistake: other_gradient -- r is missing
def dbhn(dna):
    return dna.sum(0)


# mistake: constant_factor -- averaged over the minibatch
def dbhn(dhh):
    return dhh.mean(0)


# mistake: keepdim -- a row with two dimensions
def dbhn(dhh):
    return dhh.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def dbhn(dhh):
    return dhh.sum(1)


# mistake: not_summed -- one per example
def dbhn(dhh):
    return dhh.clone()


# mistake: wrong_operand -- times bhn
def dbhn(dhh, bhn):
    return dhh.sum(0)*bhn


# mistake: sign -- a minus
def dbhn(dhh):
    return -dhh.sum(0)


# mistake: zeros -- left as zeros
def dbhn(bhn):
    return torch.zeros_like(bhn)
