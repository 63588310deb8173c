# mistake: upstream_only -- the tanh is missing
def da2(dh2):
    return dh2.clone()


# mistake: upstream_unused -- dh2 is missing
def da2(h2):
    return 1 - h2**2


# mistake: wrong_power -- the square is missing
def da2(dh2, h2):
    return (1 - h2)*dh2


# mistake: wrong_operand -- a2 instead of h2
def da2(dh2, a2):
    return (1 - a2**2)*dh2


# mistake: wrong_operand -- the derivative of the sigmoid
def da2(dh2, h2):
    return h2*(1 - h2)*dh2


# mistake: wrong_operand -- the state of another step
def da2(dh2, h1):
    return (1 - h1**2)*dh2


# mistake: sign -- plus instead of minus
def da2(dh2, h2):
    return (1 + h2**2)*dh2


# mistake: zeros -- left as zeros
def da2(a2):
    return torch.zeros_like(a2)
