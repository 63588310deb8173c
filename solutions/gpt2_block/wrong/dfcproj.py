# mistake: constant_factor -- a half, as if the two paths shared it
def dfcproj(dres3):
    return dres3/2


# mistake: wrong_operand -- times its own value
def dfcproj(dres3, fcproj):
    return dres3*fcproj


# mistake: upstream_unused -- ones
def dfcproj(fcproj):
    return torch.ones_like(fcproj)


# mistake: summed_too_far -- that is the gradient of the bias
def dfcproj(dres3):
    return dres3.sum((0, 1))


# mistake: sign -- a minus
def dfcproj(dres3):
    return -dres3


# mistake: zeros -- nothing is filled in
def dfcproj(fcproj):
    return torch.zeros_like(fcproj)
