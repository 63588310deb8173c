# mistake: not_summed -- summed over the examples only
def dw(dscaled, norm):
    return (norm*dscaled).sum(0)


# mistake: not_summed -- summed over the positions only
def dw(dscaled, norm):
    return (norm*dscaled).sum(1)


# mistake: constant_factor -- mean instead of sum
def dw(dscaled, norm):
    return (norm*dscaled).mean((0, 1))


# mistake: wrong_operand -- x instead of norm
def dw(dscaled, x):
    return (x*dscaled).sum((0, 1))


# mistake: wrong_operand -- xshift instead of norm
def dw(dscaled, xshift):
    return (xshift*dscaled).sum((0, 1))


# mistake: wrong_operand -- scaled instead of norm
def dw(dscaled, scaled):
    return (scaled*dscaled).sum((0, 1))


# mistake: upstream_only -- norm is missing
def dw(dscaled):
    return dscaled.sum((0, 1))


# mistake: upstream_unused -- dscaled is missing
def dw(norm):
    return norm.sum((0, 1))


# mistake: summed_too_far -- summed one step too early
def dw(dscaled, norm):
    return norm.sum((0, 1))*dscaled.sum((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dw(dscaled, norm):
    return (norm*dscaled).sum((0, 1), keepdim=True)


# mistake: wrong_axis -- summed over the features
def dw(dscaled, norm):
    return (norm*dscaled).sum((0, 2))


# mistake: sign -- a minus
def dw(dscaled, norm):
    return -(norm*dscaled).sum((0, 1))


# mistake: zeros -- left as zeros
def dw(w):
    return torch.zeros_like(w)
