# mistake: wrong_operand -- w1 instead of x1
def dw1(dx1w1, w1):
    return w1*dx1w1


# mistake: wrong_operand -- the other input
def dw1(dx1w1, x2):
    return x2*dx1w1


# mistake: upstream_unused -- only the input
def dw1(x1):
    return x1*1.0


# mistake: upstream_only -- the input is missing
def dw1(dx1w1):
    return dx1w1*1.0


# mistake: sign -- a minus
def dw1(dx1w1, x1):
    return -x1*dx1w1


# mistake: wrong_power -- the input squared
def dw1(dx1w1, x1):
    return x1**2*dx1w1


# mistake: zeros -- left as zeros
def dw1(w1):
    return torch.zeros_like(w1)
