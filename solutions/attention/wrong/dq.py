# mistake: transposed -- dqk is turned
def dq(dqk, k):
    return dqk.mT @ k


# mistake: transposed -- turned
def dq(dqk, k):
    return k.mT @ dqk.mT


# mistake: wrong_operand -- q for k
def dq(dqk, q):
    return dqk @ q


# mistake: wrong_operand -- v for k
def dq(dqk, v):
    return dqk @ v


# mistake: other_gradient -- datt for dqk: the scale is forgotten
def dq(datt, k):
    return datt @ k


# mistake: wrong_operand -- every key for every query
def dq(dqk, k):
    return dqk.sum(3, keepdim=True)*k


# mistake: sign -- a minus
def dq(dqk, k):
    return -dqk @ k


# mistake: zeros -- nothing is filled in
def dq(q):
    return torch.zeros_like(q)
