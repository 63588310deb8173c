# mistake: upstream_only -- w is missing
def dnorm(dout):
    return dout.clone()


# mistake: wrong_operand -- norm instead of w
def dnorm(dout, norm):
    return dout*norm


# mistake: wrong_operand -- divided by w
def dnorm(dout, w):
    return dout/w


# mistake: upstream_unused -- only w
def dnorm(norm, w):
    return w.expand_as(norm)


# mistake: wrong_operand -- rrms a line too early
def dnorm(dout, w, rrms):
    return dout*w*rrms


# mistake: sign -- a minus
def dnorm(dout, w):
    return -dout*w


# mistake: zeros -- left as zeros
def dnorm(norm):
    return torch.zeros_like(norm)
