# mistake: constant_factor -- the scale is missing
def dq(dpreatt, k):
    return dpreatt @ k


# mistake: constant_factor -- divided by the size, not its root
def dq(dpreatt, k, hs):
    return dpreatt @ k/hs


# mistake: transposed -- dpreatt is transposed
def dq(dpreatt, k, hs):
    return dpreatt.mT @ k*hs**-0.5


# mistake: wrong_operand -- q instead of k
def dq(dpreatt, q, hs):
    return dpreatt @ q*hs**-0.5


# mistake: other_gradient -- the softmax is skipped
def dq(datt, k, hs):
    return datt @ k*hs**-0.5


# mistake: hard_coded -- a head size of five
def dq(dpreatt, k):
    return dpreatt @ k*5**-0.5


# mistake: sign -- a minus
def dq(dpreatt, k, hs):
    return -dpreatt @ k*hs**-0.5


# mistake: zeros -- left as zeros
def dq(q):
    return torch.zeros_like(q)
