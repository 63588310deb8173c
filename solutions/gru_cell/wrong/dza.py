# mistake: wrong_operand -- the derivative of the tanh
def dza(dz, z):
    return dz*(1 - z**2)


# mistake: upstream_only -- the sigmoid is missing
def dza(dz):
    return dz.clone()


# mistake: upstream_unused -- dz is missing
def dza(z):
    return z*(1 - z)


# mistake: missing_path -- only half of the product
def dza(dz, z):
    return dz*z


# mistake: wrong_operand -- za instead of z
def dza(dz, za):
    return dz*za*(1 - za)


# mistake: wrong_operand -- the other gate
def dza(dz, r):
    return dz*r*(1 - r)


# mistake: sign -- a minus
def dza(dz, z):
    return dz*z*(z - 1)


# mistake: zeros -- left as zeros
def dza(za):
    return torch.zeros_like(za)
