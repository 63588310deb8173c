# mistake: other_gradient -- the sigmoid is skipped
def dWhr(dr, h):
    return h.T @ dr


# mistake: transposed -- turned
def dWhr(dra, h):
    return dra.T @ h


# mistake: constant_factor -- averaged over the minibatch
def dWhr(dra, h):
    return h.T @ dra/h.shape[0]


# mistake: upstream_only -- h is forgotten
def dWhr(dra, Whr):
    return torch.ones_like(Whr)*dra.sum(0)


# mistake: upstream_unused -- dra is forgotten
def dWhr(h, Whr):
    return h.sum(0)[:, None].expand_as(Whr)


# mistake: not_summed -- one matrix for each example
def dWhr(dra, h):
    return h[:, :, None]*dra[:, None, :]


# mistake: sign -- a minus
def dWhr(dra, h):
    return -h.T @ dra


# mistake: zeros -- nothing is filled in
def dWhr(Whr):
    return torch.zeros_like(Whr)


# mistake: wrong_operand -- the new state for the old
def dWhr(dra, hnew):
    return hnew.T @ dra
