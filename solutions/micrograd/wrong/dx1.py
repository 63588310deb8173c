# mistake: wrong_operand -- x1 instead of w1
def dx1(dx1w1, x1):
    return x1*dx1w1


# mistake: wrong_operand -- the weight of the other input
def dx1(dx1w1, w2):
    return w2*dx1w1


# mistake: upstream_unused -- only the weight
def dx1(w1):
    return w1*1.0


# mistake: upstream_only -- the weight is missing
def dx1(dx1w1):
    return dx1w1*1.0


# mistake: sign -- a minus
def dx1(dx1w1, w1):
    return -w1*dx1w1


# mistake: wrong_operand -- the whole product
def dx1(dx1w1, x1w1):
    return x1w1*dx1w1


# mistake: zeros -- left as zeros
def dx1(x1):
    return torch.zeros_like(x1)
