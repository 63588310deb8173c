# mistake: upstream_only -- the logarithm is forgotten
def dsumexp(dlse):
    return dlse.clone()


# mistake: upstream_unused -- dlse is forgotten
def dsumexp(sumexp):
    return 1/sumexp


# mistake: wrong_operand -- times instead of divided
def dsumexp(dlse, sumexp):
    return dlse*sumexp


# mistake: wrong_operand -- lse for sumexp
def dsumexp(dlse, lse):
    return dlse/lse


# mistake: wrong_power -- the derivative of one over x
def dsumexp(dlse, sumexp):
    return -dlse/sumexp**2


# mistake: wrong_epsilon -- a small number below the line
def dsumexp(dlse, sumexp):
    return dlse/(sumexp + 1e-5)


# mistake: sign -- a minus
def dsumexp(dlse, sumexp):
    return -dlse/sumexp


# mistake: float32_pinned -- the small number, in float32
def dsumexp(dlse, sumexp):
    return dlse.float()/(sumexp.float() + 1e-3)


# mistake: zeros -- nothing is filled in
def dsumexp(sumexp):
    return torch.zeros_like(sumexp)
