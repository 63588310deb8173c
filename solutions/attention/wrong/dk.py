# mistake: transposed -- dqk is not turned
def dk(dqk, q):
    return dqk @ q


# mistake: transposed -- not turned back
def dk(dqk, q):
    return q.mT @ dqk


# mistake: wrong_operand -- k for q
def dk(dqk, k):
    return dqk.mT @ k


# mistake: wrong_operand -- v for q
def dk(dqk, v):
    return dqk.mT @ v


# mistake: other_gradient -- datt for dqk: the scale is forgotten
def dk(datt, q):
    return datt.mT @ q


# mistake: doubled_path -- the scale twice
def dk(dqk, q, hs):
    return dqk.mT @ q*hs**-0.5


# mistake: sign -- a minus
def dk(dqk, q):
    return -dqk.mT @ q


# mistake: zeros -- nothing is filled in
def dk(k):
    return torch.zeros_like(k)
