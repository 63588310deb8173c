# mistake: upstream_only -- the tanh is missing
def dz(dh):
    return dh.clone()


# mistake: upstream_unused -- dh is missing
def dz(h):
    return 1 - h**2


# mistake: wrong_operand -- z instead of h
def dz(dh, z):
    return (1 - z**2)*dh


# mistake: wrong_operand -- the derivative of the sigmoid
def dz(dh, h):
    return h*(1 - h)*dh


# mistake: wrong_power -- the square is missing
def dz(dh, h):
    return (1 - h)*dh


# mistake: sign -- plus instead of minus
def dz(dh, h):
    return (1 + h**2)*dh


# mistake: zeros -- left as zeros
def dz(z):
    return torch.zeros_like(z)
