# mistake: constant_factor -- the scale is forgotten
def dk(dpreatt, q):
    return dpreatt.mT @ q


# mistake: constant_factor -- the size of the token for that of the head
def dk(dpreatt, q, C):
    return dpreatt.mT @ q*C**-0.5


# mistake: transposed -- dpreatt is not turned
def dk(dpreatt, q, hs):
    return dpreatt @ q*hs**-0.5


# mistake: wrong_operand -- k for q
def dk(dpreatt, k, hs):
    return dpreatt.mT @ k*hs**-0.5


# mistake: other_gradient -- the softmax is skipped
def dk(datt, q, hs):
    return datt.mT @ q*hs**-0.5


# mistake: hard_coded -- five numbers in a head
def dk(dpreatt, q):
    return dpreatt.mT @ q*5**-0.5


# mistake: sign -- a minus
def dk(dpreatt, q, hs):
    return -dpreatt.mT @ q*hs**-0.5


# mistake: zeros -- nothing is filled in
def dk(k):
    return torch.zeros_like(k)
