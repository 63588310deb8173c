# mistake: wrong_operand -- z for 1-z
def dn(dhnew, z):
    return dhnew*z


# mistake: upstream_only -- 1-z is forgotten
def dn(dhnew):
    return dhnew.clone()


# mistake: upstream_unused -- only 1-z
def dn(z):
    return 1 - z


# mistake: sign -- z-1 for 1-z
def dn(dhnew, z):
    return dhnew*(z - 1)


# mistake: wrong_operand -- h for 1-z
def dn(dhnew, h):
    return dhnew*h


# mistake: wrong_operand -- r for z
def dn(dhnew, r):
    return dhnew*(1 - r)


# mistake: wrong_operand -- the tanh a line too early
def dn(dhnew, z, n):
    return dhnew*(1 - z)*(1 - n**2)


# mistake: zeros -- nothing is filled in
def dn(n):
    return torch.zeros_like(n)
