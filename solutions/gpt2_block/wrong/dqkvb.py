# mistake: not_summed -- summed over the examples only
def dqkvb(dqkv):
    return dqkv.sum(0)


# mistake: constant_factor -- averaged over the tokens
def dqkvb(dqkv):
    return dqkv.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dqkvb(dqkv):
    return dqkv.sum((0, 1), keepdim=True)


# mistake: wrong_index -- the first token only
def dqkvb(dqkv):
    return dqkv[:, 0].sum(0)


# mistake: wrong_operand -- times the bias
def dqkvb(dqkv, qkvb):
    return dqkv.sum((0, 1))*qkvb


# mistake: sign -- a minus
def dqkvb(dqkv):
    return -dqkv.sum((0, 1))


# mistake: zeros -- left as zeros
def dqkvb(qkvb):
    return torch.zeros_like(qkvb)
