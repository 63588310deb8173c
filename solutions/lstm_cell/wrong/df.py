# mistake: upstream_only -- cprev is missing
def df(dc):
    return dc.clone()


# mistake: wrong_operand -- g instead of cprev
def df(dc, g):
    return dc*g


# mistake: wrong_operand -- its own value
def df(dc, f):
    return dc*f


# mistake: upstream_unused -- only cprev
def df(cprev):
    return cprev.clone()


# mistake: wrong_operand -- c instead of cprev
def df(dc, c):
    return dc*c


# mistake: missing_path -- only the path through the output
def df(dtc, tc, cprev):
    return dtc*(1 - tc**2)*cprev


# mistake: other_gradient -- dtc instead of dc: the tanh is skipped
def df(dtc, cprev):
    return dtc*cprev


# mistake: sign -- a minus
def df(dc, cprev):
    return -dc*cprev


# mistake: zeros -- left as zeros
def df(f):
    return torch.zeros_like(f)
