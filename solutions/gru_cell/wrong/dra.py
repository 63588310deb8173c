# mistake: wrong_operand -- the derivative of the tanh
def dra(dr, r):
    return dr*(1 - r**2)


# mistake: upstream_only -- the sigmoid is missing
def dra(dr):
    return dr.clone()


# mistake: upstream_unused -- dr is missing
def dra(r):
    return r*(1 - r)


# mistake: missing_path -- only half of the product
def dra(dr, r):
    return dr*r


# mistake: wrong_operand -- ra instead of r
def dra(dr, ra):
    return dr*ra*(1 - ra)


# mistake: wrong_operand -- the other gate
def dra(dr, z):
    return dr*z*(1 - z)


# mistake: sign -- a minus
def dra(dr, r):
    return dr*r*(r - 1)


# mistake: zeros -- left as zeros
def dra(ra):
    return torch.zeros_like(ra)
