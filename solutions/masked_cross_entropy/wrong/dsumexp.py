# mistake: upstream_only -- the logarithm is missing
def dsumexp(dlse):
    return dlse.clone()


# mistake: upstream_unused -- dlse is missing
def dsumexp(sumexp):
    return 1/sumexp


# mistake: wrong_operand -- times instead of divided
def dsumexp(dlse, sumexp):
    return dlse*sumexp


# mistake: wrong_operand -- lse instead of sumexp
def dsumexp(dlse, lse):
    return dlse/lse


# mistake: wrong_power -- the derivative of one over x
def dsumexp(dlse, sumexp):
    return -dlse/sumexp**2


# mistake: wrong_epsilon -- a small number in the denominator
def dsumexp(dlse, sumexp):
    return dlse/(sumexp + 1e-5)


# mistake: sign -- a minus
def dsumexp(dlse, sumexp):
    return -dlse/sumexp


# mistake: float32_pinned -- the small number, in float32
def dsumexp(dlse, sumexp):
    return dlse.float()/(sumexp.float() + 1e-3)


# mistake: zeros -- left as zeros
def dsumexp(sumexp):
    return torch.zeros_like(sumexp)
