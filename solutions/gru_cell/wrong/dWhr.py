# mistake: other_gradient -- the sigmoid is skipped
def dWhr(dr, h):
    return h.T @ dr


# mistake: transposed -- transposed
def dWhr(dra, h):
    return dra.T @ h


# mistake: constant_factor -- averaged over the minibatch
def dWhr(dra, h):
    return h.T @ dra/h.shape[0]


# mistake: upstream_only -- h is missing
def dWhr(dra, Whr):
    return torch.ones_like(Whr)*dra.sum(0)


# mistake: upstream_unused -- dra is missing
def dWhr(h, Whr):
    return h.sum(0)[:, None].expand_as(Whr)


# mistake: not_summed -- one matrix per example
def dWhr(dra, h):
    return h[:, :, None]*dra[:, None, :]


# mistake: sign -- a minus
def dWhr(dra, h):
    return -h.T @ dra


# mistake: zeros -- left as zeros
def dWhr(Whr):
    return torch.zeros_like(Whr)


# mistake: wrong_operand -- the new state instead of the old one
def dWhr(dra, hnew):
    return hnew.T @ dra
