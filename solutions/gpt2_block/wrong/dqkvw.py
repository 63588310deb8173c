# mistake: transposed -- inputs by outputs
def dqkvw(dqkv, ln1):
    return ln1.flatten(0, 1).T @ dqkv.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dqkvw(dqkv, ln1):
    return dqkv.transpose(1, 2) @ ln1


# mistake: constant_factor -- averaged over the examples
def dqkvw(dqkv, ln1):
    return (dqkv.transpose(1, 2) @ ln1).mean(0)


# mistake: constant_factor -- averaged over the tokens
def dqkvw(dqkv, ln1, n, T):
    return weights_of(dqkv, ln1)/(n*T)


# mistake: wrong_index -- the last token only
def dqkvw(dqkv, ln1):
    return dqkv[:, -1].T @ ln1[:, -1]


# mistake: wrong_operand -- encoded instead of ln1
def dqkvw(dqkv, encoded):
    return weights_of(dqkv, encoded)


# mistake: upstream_only -- the inputs are missing
def dqkvw(dqkv, qkvw):
    return dqkv.sum((0, 1))[:, None].expand_as(qkvw)


# mistake: upstream_unused -- the upstream gradient is missing
def dqkvw(ln1, qkvw):
    return ln1.sum((0, 1)).expand_as(qkvw)


# mistake: sign -- a minus
def dqkvw(dqkv, ln1):
    return -weights_of(dqkv, ln1)


# mistake: zeros -- left as zeros
def dqkvw(qkvw):
    return torch.zeros_like(qkvw)
