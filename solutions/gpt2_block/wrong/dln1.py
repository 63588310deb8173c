# mistake: constant_factor -- averaged over the examples
def dln1(dqkv, qkvw, n):
    return dqkv @ qkvw/n


# mistake: wrong_operand -- times its own value
def dln1(dqkv, qkvw, ln1):
    return dqkv @ qkvw*ln1


# mistake: upstream_unused -- only the weights
def dln1(ln1, qkvw):
    return qkvw.sum(0).expand_as(ln1)


# mistake: wrong_operand -- absolute weights
def dln1(dqkv, qkvw):
    return dqkv @ qkvw.abs()


# mistake: sign -- a minus
def dln1(dqkv, qkvw):
    return -dqkv @ qkvw


# mistake: zeros -- left as zeros
def dln1(ln1):
    return torch.zeros_like(ln1)


# mistake: wrong_operand -- the gain a line too early
def dln1(dqkv, qkvw, ln1w):
    return dqkv @ qkvw*ln1w
