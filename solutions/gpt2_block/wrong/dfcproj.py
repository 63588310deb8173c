# mistake: constant_factor -- a half, as if the two paths divided it
def dfcproj(dres3):
    return dres3/2


# mistake: wrong_operand -- times its own value
def dfcproj(dres3, fcproj):
    return dres3*fcproj


# mistake: upstream_unused -- ones
def dfcproj(fcproj):
    return torch.ones_like(fcproj)


# mistake: summed_too_far -- the gradient of the bias instead
def dfcproj(dres3):
    return dres3.sum((0, 1))


# mistake: sign -- a minus
def dfcproj(dres3):
    return -dres3


# mistake: zeros -- left as zeros
def dfcproj(fcproj):
    return torch.zeros_like(fcproj)
