# mistake: upstream_only -- i is missing
def dg(dc):
    return dc.clone()


# mistake: wrong_operand -- f instead of i
def dg(dc, f):
    return dc*f


# mistake: wrong_operand -- its own value
def dg(dc, g):
    return dc*g


# mistake: upstream_unused -- only i
def dg(i):
    return i.clone()


# mistake: wrong_operand -- gi instead of i: the sigmoid is skipped
def dg(dc, gi):
    return dc*gi


# mistake: missing_path -- only the next step
def dg(cotc, i):
    return cotc*i


# mistake: other_gradient -- dtc instead of dc: the tanh is skipped
def dg(dtc, i):
    return dtc*i


# mistake: sign -- a minus
def dg(dc, i):
    return -dc*i


# mistake: zeros -- left as zeros
def dg(g):
    return torch.zeros_like(g)
