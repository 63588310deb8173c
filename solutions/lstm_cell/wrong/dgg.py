# mistake: wrong_operand -- the derivative of the sigmoid
def dgg(dg, g):
    return dg*g*(1 - g)


# mistake: upstream_only -- the tanh is missing
def dgg(dg):
    return dg.clone()


# mistake: upstream_unused -- dg is missing
def dgg(g):
    return 1 - g**2


# mistake: wrong_operand -- gg instead of g
def dgg(dg, gg):
    return dg*(1 - gg**2)


# mistake: wrong_power -- the square is missing
def dgg(dg, g):
    return dg*(1 - g)


# mistake: sign -- plus instead of minus
def dgg(dg, g):
    return dg*(1 + g**2)


# mistake: wrong_operand -- tc instead of g
def dgg(dg, tc):
    return dg*(1 - tc**2)


# mistake: zeros -- left as zeros
def dgg(gg):
    return torch.zeros_like(gg)
