# mistake: upstream_only -- t is missing
def dshifted(dscaled):
    return dscaled.clone()


# mistake: wrong_operand -- shifted instead of t
def dshifted(dscaled, shifted):
    return shifted*dscaled


# mistake: wrong_operand -- divided by t
def dshifted(dscaled, t):
    return dscaled/t


# mistake: upstream_unused -- only t
def dshifted(shifted, t):
    return t*torch.ones_like(shifted)


# mistake: other_gradient -- dcentered instead of dscaled
def dshifted(dcentered, t):
    return t*dcentered


# mistake: sign -- a minus
def dshifted(dscaled, t):
    return -t*dscaled


# mistake: summed_too_far -- summed to one number
def dshifted(dscaled, t):
    return (t*dscaled).sum()


# mistake: zeros -- left as zeros
def dshifted(shifted):
    return torch.zeros_like(shifted)
