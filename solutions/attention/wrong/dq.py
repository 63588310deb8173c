# mistake: transposed -- dqk is transposed
def dq(dqk, k):
    return dqk.mT @ k


# mistake: transposed -- transposed
def dq(dqk, k):
    return k.mT @ dqk.mT


# mistake: wrong_operand -- q instead of k
def dq(dqk, q):
    return dqk @ q


# mistake: wrong_operand -- v instead of k
def dq(dqk, v):
    return dqk @ v


# mistake: other_gradient -- datt instead of dqk: the scale is missing
def dq(datt, k):
    return datt @ k


# mistake: wrong_operand -- every key for every query
def dq(dqk, k):
    return dqk.sum(3, keepdim=True)*k


# mistake: sign -- a minus
def dq(dqk, k):
    return -dqk @ k


# mistake: zeros -- left as zeros
def dq(q):
    return torch.zeros_like(q)
