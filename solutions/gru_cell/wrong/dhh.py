# mistake: upstream_only -- r is missing
def dhh(dna):
    return dna.clone()


# mistake: wrong_operand -- hh instead of r
def dhh(dna, hh):
    return dna*hh


# mistake: wrong_operand -- z instead of r
def dhh(dna, z):
    return dna*z


# mistake: wrong_operand -- ra instead of r: the sigmoid is skipped
def dhh(dna, ra):
    return dna*ra


# mistake: upstream_unused -- only r
def dhh(r):
    return r.clone()


# mistake: other_gradient -- dn instead of dna: the tanh is skipped
def dhh(dn, r):
    return dn*r


# mistake: sign -- a minus
def dhh(dna, r):
    return -dna*r


# mistake: zeros -- left as zeros
def dhh(hh):
    return torch.zeros_like(hh)
