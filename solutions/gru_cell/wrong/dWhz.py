# mistake: other_gradient -- the sigmoid is skipped
def dWhz(dz, h):
    return h.T @ dz


# mistake: transposed -- transposed
def dWhz(dza, h):
    return dza.T @ h


# mistake: constant_factor -- averaged over the minibatch
def dWhz(dza, h):
    return h.T @ dza/h.shape[0]


# mistake: upstream_only -- h is missing
def dWhz(dza, Whz):
    return torch.ones_like(Whz)*dza.sum(0)


# mistake: upstream_unused -- dza is missing
def dWhz(h, Whz):
    return h.sum(0)[:, None].expand_as(Whz)


# mistake: not_summed -- one matrix per example
def dWhz(dza, h):
    return h[:, :, None]*dza[:, None, :]


# mistake: sign -- a minus
def dWhz(dza, h):
    return -h.T @ dza


# mistake: zeros -- left as zeros
def dWhz(Whz):
    return torch.zeros_like(Whz)


# mistake: wrong_operand -- the new state instead of the old one
def dWhz(dza, hnew):
    return hnew.T @ dza
