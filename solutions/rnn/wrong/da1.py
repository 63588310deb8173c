# mistake: upstream_only -- the tanh is missing
def da1(dh1):
    return dh1.clone()


# mistake: upstream_unused -- dh1 is missing
def da1(h1):
    return 1 - h1**2


# mistake: wrong_power -- the square is missing
def da1(dh1, h1):
    return (1 - h1)*dh1


# mistake: wrong_operand -- a1 instead of h1
def da1(dh1, a1):
    return (1 - a1**2)*dh1


# mistake: wrong_operand -- the derivative of the sigmoid
def da1(dh1, h1):
    return h1*(1 - h1)*dh1


# mistake: wrong_operand -- the state of another step
def da1(dh1, h0):
    return (1 - h0**2)*dh1


# mistake: sign -- plus instead of minus
def da1(dh1, h1):
    return (1 + h1**2)*dh1


# mistake: zeros -- left as zeros
def da1(a1):
    return torch.zeros_like(a1)
