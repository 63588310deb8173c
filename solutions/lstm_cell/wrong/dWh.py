# mistake: transposed -- transposed
def dWh(dgates, hprev):
    return dgates.T @ hprev


# mistake: constant_factor -- averaged over the minibatch
def dWh(dgates, hprev):
    return hprev.T @ dgates/hprev.shape[0]


# mistake: upstream_only -- hprev is missing
def dWh(dgates, Wh):
    return torch.ones_like(Wh)*dgates.sum(0)


# mistake: upstream_unused -- dgates is missing
def dWh(hprev, Wh):
    return hprev.sum(0)[:, None].expand_as(Wh)


# mistake: other_gradient -- the gates after their sigmoid
def dWh(di, df, dg, do, hprev):
    return hprev.T @ torch.cat([di, df, dg, do], 1)


# mistake: not_summed -- one matrix per example
def dWh(dgates, hprev):
    return hprev[:, :, None]*dgates[:, None, :]


# mistake: wrong_index -- gates in reverse order
def dWh(dgi, dgf, dgg, dgo, hprev):
    return hprev.T @ torch.cat([dgo, dgg, dgf, dgi], 1)


# mistake: sign -- a minus
def dWh(dgates, hprev):
    return -hprev.T @ dgates


# mistake: zeros -- left as zeros
def dWh(Wh):
    return torch.zeros_like(Wh)


# mistake: wrong_operand -- the new state instead of the old one
def dWh(dgates, h):
    return h.T @ dgates


# mistake: wrong_operand -- the cell instead of the state
def dWh(dgates, cprev):
    return cprev.T @ dgates
