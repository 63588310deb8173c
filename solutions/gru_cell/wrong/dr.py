# mistake: upstream_only -- hh is missing
def dr(dna):
    return dna.clone()


# mistake: wrong_operand -- the bias of hh is missing
def dr(dna, h, Whn):
    return dna*(h @ Whn)


# mistake: wrong_operand -- h instead of hh
def dr(dna, h):
    return dna*h


# mistake: wrong_operand -- r instead of hh
def dr(dna, r):
    return dna*r


# mistake: wrong_operand -- na instead of hh
def dr(dna, na):
    return dna*na


# mistake: upstream_unused -- only hh
def dr(hh):
    return hh.clone()


# mistake: wrong_operand -- r is included as well
def dr(dna, r, hh):
    return dna*r*hh


# mistake: sign -- a minus
def dr(dna, hh):
    return -dna*hh


# mistake: zeros -- left as zeros
def dr(r):
    return torch.zeros_like(r)
