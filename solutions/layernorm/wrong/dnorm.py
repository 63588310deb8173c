# mistake: upstream_only -- w is missing
def dnorm(dscaled):
    return dscaled.clone()


# mistake: wrong_operand -- b instead of w
def dnorm(dscaled, b):
    return dscaled*b


# mistake: wrong_operand -- norm instead of w
def dnorm(dscaled, norm):
    return dscaled*norm


# mistake: wrong_operand -- divided by w
def dnorm(dscaled, w):
    return dscaled/w


# mistake: upstream_unused -- only w
def dnorm(norm, w):
    return w.expand_as(norm)


# mistake: wrong_operand -- rstd a line too early
def dnorm(dscaled, w, rstd):
    return dscaled*w*rstd


# mistake: sign -- a minus
def dnorm(dscaled, w):
    return -dscaled*w


# mistake: zeros -- left as zeros
def dnorm(norm):
    return torch.zeros_like(norm)
