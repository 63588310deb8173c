# mistake: upstream_only -- g is missing
def di(dc):
    return dc.clone()


# mistake: wrong_operand -- f instead of g
def di(dc, f):
    return dc*f


# mistake: wrong_operand -- its own value
def di(dc, i):
    return dc*i


# mistake: upstream_unused -- only g
def di(g):
    return g.clone()


# mistake: wrong_operand -- gg instead of g: the tanh is skipped
def di(dc, gg):
    return dc*gg


# mistake: missing_path -- only the next step
def di(cotc, g):
    return cotc*g


# mistake: other_gradient -- dtc instead of dc: the tanh is skipped
def di(dtc, g):
    return dtc*g


# mistake: sign -- a minus
def di(dc, g):
    return -dc*g


# mistake: zeros -- left as zeros
def di(i):
    return torch.zeros_like(i)
