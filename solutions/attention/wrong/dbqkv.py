# mistake: not_summed -- summed over the examples only
def dbqkv(dqkv):
    return dqkv.sum(0)


# mistake: not_summed -- summed over the tokens only
def dbqkv(dqkv):
    return dqkv.sum(1)


# mistake: constant_factor -- averaged
def dbqkv(dqkv):
    return dqkv.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dbqkv(dqkv):
    return dqkv.sum((0, 1), keepdim=True)


# mistake: wrong_index -- the last token only
def dbqkv(dqkv):
    return dqkv[:, -1].sum(0)


# mistake: wrong_operand -- times the bias
def dbqkv(dqkv, bqkv):
    return dqkv.sum((0, 1))*bqkv


# mistake: sign -- a minus
def dbqkv(dqkv):
    return -dqkv.sum((0, 1))


# mistake: zeros -- left as zeros
def dbqkv(bqkv):
    return torch.zeros_like(bqkv)
