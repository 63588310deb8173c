# mistake: constant_factor -- a half, as if the two paths divided it
def dattproj(dres2):
    return dres2/2


# mistake: wrong_operand -- times its own value
def dattproj(dres2, attproj):
    return dres2*attproj


# mistake: upstream_unused -- ones
def dattproj(attproj):
    return torch.ones_like(attproj)


# mistake: summed_too_far -- the gradient of the bias instead
def dattproj(dres2):
    return dres2.sum((0, 1))


# mistake: sign -- a minus
def dattproj(dres2):
    return -dres2


# mistake: zeros -- left as zeros
def dattproj(attproj):
    return torch.zeros_like(attproj)
