# mistake: wrong_operand -- the derivative of the sigmoid
def dna(dn, n):
    return dn*n*(1 - n)


# mistake: upstream_only -- the tanh is forgotten
def dna(dn):
    return dn.clone()


# mistake: upstream_unused -- dn is forgotten
def dna(n):
    return 1 - n**2


# mistake: wrong_operand -- na for n
def dna(dn, na):
    return dn*(1 - na**2)


# mistake: wrong_power -- the square is forgotten
def dna(dn, n):
    return dn*(1 - n)


# mistake: sign -- plus for minus
def dna(dn, n):
    return dn*(1 + n**2)


# mistake: wrong_operand -- r a line too early
def dna(dn, n, r):
    return dn*(1 - n**2)*r


# mistake: zeros -- nothing is filled in
def dna(na):
    return torch.zeros_like(na)
