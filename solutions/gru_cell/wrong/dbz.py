# mistake: other_gradient -- the sigmoid is skipped
def dbz(dz):
    return dz.sum(0)


# mistake: constant_factor -- averaged over the minibatch
def dbz(dza):
    return dza.mean(0)


# mistake: keepdim -- a row with two dimensions
def dbz(dza):
    return dza.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def dbz(dza):
    return dza.sum(1)


# mistake: not_summed -- one per example
def dbz(dza):
    return dza.clone()


# mistake: wrong_operand -- times bz
def dbz(dza, bz):
    return dza.sum(0)*bz


# mistake: sign -- a minus
def dbz(dza):
    return -dza.sum(0)


# mistake: zeros -- left as zeros
def dbz(bz):
    return torch.zeros_like(bz)
