# mistake: keepdim -- the dimension is lost
def drrms(dnorm, x):
    return (dnorm*x).sum(2)


# mistake: not_summed -- the full shape
def drrms(dnorm, x):
    return dnorm*x


# mistake: wrong_axis -- summed over the positions
def drrms(dnorm, x):
    return (dnorm*x).sum(1, keepdim=True)


# mistake: wrong_axis -- summed over the examples
def drrms(dnorm, x):
    return (dnorm*x).sum(0, keepdim=True)


# mistake: wrong_operand -- norm instead of x
def drrms(dnorm, norm):
    return (dnorm*norm).sum(2, keepdim=True)


# mistake: wrong_operand -- x minus its mean, as in layer norm
def drrms(dnorm, x):
    return (dnorm*(x - x.mean(2, keepdim=True))).sum(2, keepdim=True)


# mistake: constant_factor -- mean instead of sum
def drrms(dnorm, x):
    return (dnorm*x).mean(2, keepdim=True)


# mistake: upstream_only -- x is missing
def drrms(dnorm):
    return dnorm.sum(2, keepdim=True)


# mistake: other_gradient -- dout instead of dnorm: w is missing
def drrms(dout, x):
    return (dout*x).sum(2, keepdim=True)


# mistake: sign -- a minus
def drrms(dnorm, x):
    return -(dnorm*x).sum(2, keepdim=True)


# mistake: zeros -- left as zeros
def drrms(rrms):
    return torch.zeros_like(rrms)
