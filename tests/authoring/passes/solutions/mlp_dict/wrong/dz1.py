# mistake: wrong_operand -- z1 instead of its tanh
def dz1(da1, z1):
    return da1 * (1 - z1**2)


# mistake: wrong_power -- the square is missing
def dz1(da1, a1):
    return da1 * (1 - a1)
