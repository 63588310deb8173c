# mistake: wrong_operand -- the gate of the gradient, not of z
def dz(dh):
    return dh * (dh > 0)


# mistake: upstream_only -- the gate is missing
def dz(dh):
    return dh.clone()
