# mistake: sign -- the other way round
def dz(dhnew, n, h):
    return dhnew*(n - h)


# mistake: negated_path -- plus for minus
def dz(dhnew, n, h):
    return dhnew*(n + h)


# mistake: missing_path -- the proposal is forgotten
def dz(dhnew, h):
    return dhnew*h


# mistake: missing_path -- only the proposal
def dz(dhnew, n):
    return -dhnew*n


# mistake: wrong_path -- hnew for h
def dz(dhnew, n, hnew):
    return dhnew*(hnew - n)


# mistake: wrong_path -- na for n
def dz(dhnew, na, h):
    return dhnew*(h - na)


# mistake: upstream_unused -- dhnew is forgotten
def dz(n, h):
    return h - n


# mistake: wrong_operand -- the sigmoid a line too early
def dz(dhnew, n, h, z):
    return dhnew*(h - n)*z*(1 - z)


# mistake: zeros -- nothing is filled in
def dz(z):
    return torch.zeros_like(z)
