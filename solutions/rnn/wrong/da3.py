# mistake: upstream_only -- the tanh is missing
def da3(dh3):
    return dh3.clone()


# mistake: upstream_unused -- dh3 is missing
def da3(h3):
    return 1 - h3**2


# mistake: wrong_power -- the square is missing
def da3(dh3, h3):
    return (1 - h3)*dh3


# mistake: wrong_operand -- a3 instead of h3
def da3(dh3, a3):
    return (1 - a3**2)*dh3


# mistake: wrong_operand -- the derivative of the sigmoid
def da3(dh3, h3):
    return h3*(1 - h3)*dh3


# mistake: wrong_operand -- the state of another step
def da3(dh3, h2):
    return (1 - h2**2)*dh3


# mistake: sign -- plus instead of minus
def da3(dh3, h3):
    return (1 + h3**2)*dh3


# mistake: zeros -- left as zeros
def da3(a3):
    return torch.zeros_like(a3)
