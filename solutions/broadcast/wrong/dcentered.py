# mistake: constant_factor -- the three is missing
def dcentered(dcubed, centered):
    return centered**2*dcubed


# mistake: wrong_power -- the power stays three
def dcentered(dcubed, centered):
    return 3*centered**3*dcubed


# mistake: wrong_power -- the power becomes one
def dcentered(dcubed, centered):
    return 3*centered*dcubed


# mistake: constant_factor -- two instead of three
def dcentered(dcubed, centered):
    return 2*centered**2*dcubed


# mistake: upstream_unused -- dcubed is missing
def dcentered(centered):
    return 3*centered**2


# mistake: upstream_only -- dcubed unchanged
def dcentered(dcubed):
    return dcubed.clone()


# mistake: wrong_operand -- scaled instead of centered
def dcentered(dcubed, scaled):
    return 3*scaled**2*dcubed


# mistake: summed_too_far -- summed along the rows
def dcentered(dcubed, centered):
    return (3*centered**2*dcubed).sum(1, keepdim=True)


# mistake: sign -- an extra minus
def dcentered(dcubed, centered):
    return -3*centered**2*dcubed


# mistake: float32_pinned -- a small number in the square, in float32
def dcentered(dcubed, centered):
    return 3*(centered.float() + 1e-3)**2*dcubed.float()


# mistake: zeros -- left as zeros
def dcentered(centered):
    return torch.zeros_like(centered)
