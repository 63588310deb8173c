# mistake: transposed -- transposed
def dp(dy, v):
    return v @ dy.mT


# mistake: wrong_operand -- k instead of v
def dp(dy, k):
    return dy @ k.mT


# mistake: wrong_operand -- y instead of v
def dp(dy, y):
    return dy @ y.mT


# mistake: wrong_operand -- times p: that comes later
def dp(dy, v, p):
    return (dy @ v.mT)*p


# mistake: constant_factor -- the scale of the logits
def dp(dy, v, hs):
    return dy @ v.mT*hs**-0.5


# mistake: upstream_unused -- dy is missing
def dp(y, v):
    return y.sign() @ v.mT


# mistake: sign -- a minus
def dp(dy, v):
    return -dy @ v.mT


# mistake: zeros -- left as zeros
def dp(p):
    return torch.zeros_like(p)
