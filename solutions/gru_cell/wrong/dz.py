# mistake: sign -- the other way round
def dz(dhnew, n, h):
    return dhnew*(n - h)


# mistake: negated_path -- plus instead of minus
def dz(dhnew, n, h):
    return dhnew*(n + h)


# mistake: missing_path -- the candidate is missing
def dz(dhnew, h):
    return dhnew*h


# mistake: missing_path -- only the candidate
def dz(dhnew, n):
    return -dhnew*n


# mistake: wrong_path -- hnew instead of h
def dz(dhnew, n, hnew):
    return dhnew*(hnew - n)


# mistake: wrong_path -- na instead of n
def dz(dhnew, na, h):
    return dhnew*(h - na)


# mistake: upstream_unused -- dhnew is missing
def dz(n, h):
    return h - n


# mistake: wrong_operand -- the sigmoid a line too early
def dz(dhnew, n, h, z):
    return dhnew*(h - n)*z*(1 - z)


# mistake: zeros -- left as zeros
def dz(z):
    return torch.zeros_like(z)
