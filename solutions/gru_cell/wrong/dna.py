# mistake: wrong_operand -- the derivative of the sigmoid
def dna(dn, n):
    return dn*n*(1 - n)


# mistake: upstream_only -- the tanh is missing
def dna(dn):
    return dn.clone()


# mistake: upstream_unused -- dn is missing
def dna(n):
    return 1 - n**2


# mistake: wrong_operand -- na instead of n
def dna(dn, na):
    return dn*(1 - na**2)


# mistake: wrong_power -- the square is missing
def dna(dn, n):
    return dn*(1 - n)


# mistake: sign -- plus instead of minus
def dna(dn, n):
    return dn*(1 + n**2)


# mistake: wrong_operand -- r a line too early
def dna(dn, n, r):
    return dn*(1 - n**2)*r


# mistake: zeros -- left as zeros
def dna(na):
    return torch.zeros_like(na)
