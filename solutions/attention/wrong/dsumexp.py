# mistake: sign -- the minus is missing
def dsumexp(dp, p, sumexp):
    return (dp*p/sumexp).sum(3, keepdim=True)


# mistake: wrong_power -- not squared
def dsumexp(dp, expd, sumexp):
    return -(dp*expd/sumexp).sum(3, keepdim=True)


# mistake: wrong_operand -- expd is missing
def dsumexp(dp, sumexp):
    return -(dp/sumexp**2).sum(3, keepdim=True)


# mistake: wrong_axis -- summed over the query tokens
def dsumexp(dp, p, sumexp):
    return -(dp*p/sumexp).sum(2).unsqueeze(3)


# mistake: keepdim -- the dimension is lost
def dsumexp(dp, p, sumexp):
    return -(dp*p/sumexp).sum(3)


# mistake: not_summed -- the full shape
def dsumexp(dp, p, sumexp):
    return -dp*p/sumexp


# mistake: constant_factor -- mean instead of sum
def dsumexp(dp, p, sumexp):
    return -(dp*p/sumexp).mean(3, keepdim=True)


# mistake: upstream_unused -- dp is missing
def dsumexp(p, sumexp):
    return -(p/sumexp).sum(3, keepdim=True)


# mistake: zeros -- left as zeros
def dsumexp(sumexp):
    return torch.zeros_like(sumexp)
