# mistake: wrong_operand -- w2 instead of x2
def dw2(dx2w2, w2):
    return w2*dx2w2


# mistake: wrong_operand -- the other input
def dw2(dx2w2, x1):
    return x1*dx2w2


# mistake: upstream_unused -- only the input
def dw2(x2):
    return x2*1.0


# mistake: upstream_only -- the input is missing
def dw2(dx2w2):
    return dx2w2*1.0


# mistake: sign -- a minus
def dw2(dx2w2, x2):
    return -x2*dx2w2


# mistake: zeros -- left as zeros
def dw2(w2):
    return torch.zeros_like(w2)
