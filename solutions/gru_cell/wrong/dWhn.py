# mistake: other_gradient -- r is missing
def dWhn(dna, h):
    return h.T @ dna


# mistake: transposed -- transposed
def dWhn(dhh, h):
    return dhh.T @ h


# mistake: constant_factor -- averaged over the minibatch
def dWhn(dhh, h):
    return h.T @ dhh/h.shape[0]


# mistake: upstream_only -- h is missing
def dWhn(dhh, Whn):
    return torch.ones_like(Whn)*dhh.sum(0)


# mistake: upstream_unused -- dhh is missing
def dWhn(h, Whn):
    return h.sum(0)[:, None].expand_as(Whn)


# mistake: not_summed -- one matrix per example
def dWhn(dhh, h):
    return h[:, :, None]*dhh[:, None, :]


# mistake: sign -- a minus
def dWhn(dhh, h):
    return -h.T @ dhh


# mistake: zeros -- left as zeros
def dWhn(Whn):
    return torch.zeros_like(Whn)


# mistake: wrong_operand -- the new state instead of the old one
def dWhn(dhh, hnew):
    return hnew.T @ dhh


# mistake: wrong_operand -- r inside the matrix product, as in the paper
def dWhn(dna, r, h):
    return (r*h).T @ dna
