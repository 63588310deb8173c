# mistake: constant_factor -- the scale is missing
def dk(dpreatt, q):
    return dpreatt.mT @ q


# mistake: constant_factor -- the token size instead of the head size
def dk(dpreatt, q, C):
    return dpreatt.mT @ q*C**-0.5


# mistake: transposed -- dpreatt is not transposed
def dk(dpreatt, q, hs):
    return dpreatt @ q*hs**-0.5


# mistake: wrong_operand -- k instead of q
def dk(dpreatt, k, hs):
    return dpreatt.mT @ k*hs**-0.5


# mistake: other_gradient -- the softmax is skipped
def dk(datt, q, hs):
    return datt.mT @ q*hs**-0.5


# mistake: hard_coded -- a head size of five
def dk(dpreatt, q):
    return dpreatt.mT @ q*5**-0.5


# mistake: sign -- a minus
def dk(dpreatt, q, hs):
    return -dpreatt.mT @ q*hs**-0.5


# mistake: zeros -- left as zeros
def dk(k):
    return torch.zeros_like(k)
