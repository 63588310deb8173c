# mistake: wrong_operand -- times scaled
def dscaled(dout, scaled):
    return dout*scaled


# mistake: upstream_unused -- ones
def dscaled(scaled):
    return torch.ones_like(scaled)


# mistake: summed_too_far -- the gradient of b instead
def dscaled(dout):
    return dout.sum((0, 1))


# mistake: other_gradient -- w is already included
def dscaled(dout, w):
    return dout*w


# mistake: sign -- a minus
def dscaled(dout):
    return -dout


# mistake: zeros -- left as zeros
def dscaled(scaled):
    return torch.zeros_like(scaled)
