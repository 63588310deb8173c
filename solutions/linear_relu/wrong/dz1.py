# mistake: wrong_operand -- the mask on dh, not on z1
def dz1(dh):
    return dh*(dh > 0)


# mistake: wrong_operand -- relu of dh
def dz1(dh):
    return torch.relu(dh)


# mistake: upstream_unused -- only the mask
def dz1(z1):
    return (z1 > 0)*torch.ones_like(z1)


# mistake: upstream_only -- the mask is missing
def dz1(dh):
    return dh.clone()


# mistake: wrong_operand -- times h instead of the mask
def dz1(dh, h):
    return dh*h


# mistake: wrong_operand -- the mask inverted
def dz1(dh, z1):
    return dh*(z1 < 0)


# mistake: wrong_operand -- the mask set to one
def dz1(dh, z1):
    return dh*(z1 > 1)


# mistake: wrong_operand -- a leak
def dz1(dh, z1):
    return torch.where(z1 > 0, dh, 0.01*dh)


# mistake: wrong_operand -- the derivative of tanh
def dz1(dh, h):
    return dh*(1 - h**2)


# mistake: wrong_operand -- the sign of z1: minus where the relu is zero
def dz1(dh, z1):
    return dh*z1.sign()


# mistake: sign -- a minus
def dz1(dh, z1):
    return -dh*(z1 > 0)


# mistake: wrong_dtype -- bools
def dz1(z1):
    return z1 > 0


# mistake: zeros -- left as zeros
def dz1(z1):
    return torch.zeros_like(z1)
