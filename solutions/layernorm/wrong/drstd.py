# mistake: keepdim -- the dimension is lost
def drstd(dnorm, xshift):
    return (dnorm*xshift).sum(2)


# mistake: not_summed -- the full shape
def drstd(dnorm, xshift):
    return dnorm*xshift


# mistake: wrong_axis -- summed over the positions
def drstd(dnorm, xshift):
    return (dnorm*xshift).sum(1, keepdim=True)


# mistake: wrong_axis -- summed over the examples, as in batch norm
def drstd(dnorm, xshift):
    return (dnorm*xshift).sum(0, keepdim=True)


# mistake: wrong_operand -- x instead of xshift
def drstd(dnorm, x):
    return (dnorm*x).sum(2, keepdim=True)


# mistake: wrong_operand -- norm instead of xshift
def drstd(dnorm, norm):
    return (dnorm*norm).sum(2, keepdim=True)


# mistake: constant_factor -- mean instead of sum
def drstd(dnorm, xshift):
    return (dnorm*xshift).mean(2, keepdim=True)


# mistake: upstream_only -- xshift is missing
def drstd(dnorm):
    return dnorm.sum(2, keepdim=True)


# mistake: other_gradient -- dscaled instead of dnorm: w is missing
def drstd(dscaled, xshift):
    return (dscaled*xshift).sum(2, keepdim=True)


# mistake: hard_coded -- twelve features
def drstd(dnorm, xshift):
    return 12*(dnorm*xshift).mean(2, keepdim=True)


# mistake: sign -- a minus
def drstd(dnorm, xshift):
    return -(dnorm*xshift).sum(2, keepdim=True)


# mistake: zeros -- left as zeros
def drstd(rstd):
    return torch.zeros_like(rstd)
