# mistake: upstream_only -- the tanh is missing
def da4(dh4):
    return dh4.clone()


# mistake: upstream_unused -- dh4 is missing
def da4(h4):
    return 1 - h4**2


# mistake: wrong_power -- the square is missing
def da4(dh4, h4):
    return (1 - h4)*dh4


# mistake: wrong_operand -- a4 instead of h4
def da4(dh4, a4):
    return (1 - a4**2)*dh4


# mistake: wrong_operand -- the derivative of the sigmoid
def da4(dh4, h4):
    return h4*(1 - h4)*dh4


# mistake: wrong_operand -- the state of another step
def da4(dh4, h3):
    return (1 - h3**2)*dh4


# mistake: sign -- plus instead of minus
def da4(dh4, h4):
    return (1 + h4**2)*dh4


# mistake: zeros -- left as zeros
def da4(a4):
    return torch.zeros_like(a4)
