# mistake: not_summed -- summed over the examples only
def dw(dout, norm):
    return (norm*dout).sum(0)


# mistake: not_summed -- summed over the positions only
def dw(dout, norm):
    return (norm*dout).sum(1)


# mistake: not_summed -- the full shape
def dw(dout, norm):
    return norm*dout


# mistake: constant_factor -- mean instead of sum
def dw(dout, norm):
    return (norm*dout).mean((0, 1))


# mistake: wrong_operand -- x instead of norm
def dw(dout, x):
    return (x*dout).sum((0, 1))


# mistake: wrong_operand -- out instead of norm
def dw(dout, out):
    return (out*dout).sum((0, 1))


# mistake: upstream_only -- norm is missing
def dw(dout):
    return dout.sum((0, 1))


# mistake: upstream_unused -- dout is missing
def dw(norm):
    return norm.sum((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dw(dout, norm):
    return (norm*dout).sum((0, 1), keepdim=True)


# mistake: sign -- a minus
def dw(dout, norm):
    return -(norm*dout).sum((0, 1))


# mistake: zeros -- left as zeros
def dw(w):
    return torch.zeros_like(w)
