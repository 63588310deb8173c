# mistake: wrong_operand -- x2 instead of w2
def dx2(dx2w2, x2):
    return x2*dx2w2


# mistake: wrong_operand -- the weight of the other input
def dx2(dx2w2, w1):
    return w1*dx2w2


# mistake: upstream_unused -- only the weight
def dx2(w2):
    return w2*1.0


# mistake: upstream_only -- the weight is missing
def dx2(dx2w2):
    return dx2w2*1.0


# mistake: sign -- a minus
def dx2(dx2w2, w2):
    return -w2*dx2w2


# mistake: zeros -- left as zeros
def dx2(x2):
    return torch.zeros_like(x2)
