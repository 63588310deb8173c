# mistake: upstream_only -- the sigmoid's derivative is missing
def dz(da):
    return da.clone()


# mistake: wrong_operand -- the derivative of tanh
def dz(da, a):
    return da * (1 - a**2)


# mistake: wrong_operand -- z instead of its sigmoid
def dz(da, z):
    return da * z * (1 - z)
