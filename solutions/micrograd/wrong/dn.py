# mistake: constant_factor -- the 2 inside the exponential is missing
def dn(de, e):
    return de*e


# mistake: wrong_power -- the 2 treated as an exponent to bring down
def dn(de, e):
    return de*e**2


# mistake: upstream_unused -- de is missing
def dn(e):
    return 2*e


# mistake: upstream_only -- e is missing
def dn(de):
    return 2*de


# mistake: wrong_operand -- n instead of e
def dn(de, n):
    return 2*n*de


# mistake: wrong_operand -- exp of n without its 2
def dn(de, n):
    return 2*torch.exp(n)*de


# mistake: wrong_power -- the power rule for exp
def dn(de, e, n):
    return 2*n*e*de


# mistake: sign -- an extra minus
def dn(de, e):
    return -2*e*de


# mistake: constant_factor -- four: the 2 is counted twice
def dn(de, e):
    return 4*e*de


# mistake: other_gradient -- do instead of de
def dn(do, e):
    return 2*e*do


# mistake: wrong_operand -- tanh' with o not squared
def dn(do, o):
    return (1 - o)*do


# mistake: float32_pinned -- the 2 is missing, in float32
def dn(de, e):
    return de.float()*e.float()


# mistake: zeros -- left as zeros
def dn(n):
    return torch.zeros_like(n)
