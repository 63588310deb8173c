# mistake: transposed -- dqk is not transposed
def dk(dqk, q):
    return dqk @ q


# mistake: transposed -- not transposed back
def dk(dqk, q):
    return q.mT @ dqk


# mistake: wrong_operand -- k instead of q
def dk(dqk, k):
    return dqk.mT @ k


# mistake: wrong_operand -- v instead of q
def dk(dqk, v):
    return dqk.mT @ v


# mistake: other_gradient -- datt instead of dqk: the scale is missing
def dk(datt, q):
    return datt.mT @ q


# mistake: doubled_path -- the scale twice
def dk(dqk, q, hs):
    return dqk.mT @ q*hs**-0.5


# mistake: sign -- a minus
def dk(dqk, q):
    return -dqk.mT @ q


# mistake: zeros -- left as zeros
def dk(k):
    return torch.zeros_like(k)
