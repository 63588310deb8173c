# mistake: wrong_operand -- z instead of 1-z
def dn(dhnew, z):
    return dhnew*z


# mistake: upstream_only -- 1-z is missing
def dn(dhnew):
    return dhnew.clone()


# mistake: upstream_unused -- only 1-z
def dn(z):
    return 1 - z


# mistake: sign -- z-1 instead of 1-z
def dn(dhnew, z):
    return dhnew*(z - 1)


# mistake: wrong_operand -- h instead of 1-z
def dn(dhnew, h):
    return dhnew*h


# mistake: wrong_operand -- r instead of z
def dn(dhnew, r):
    return dhnew*(1 - r)


# mistake: wrong_operand -- the tanh a line too early
def dn(dhnew, z, n):
    return dhnew*(1 - z)*(1 - n**2)


# mistake: zeros -- left as zeros
def dn(n):
    return torch.zeros_like(n)
