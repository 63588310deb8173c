# mistake: upstream_only -- f is missing
def dcprev(dc):
    return dc.clone()


# mistake: wrong_operand -- g instead of f
def dcprev(dc, g):
    return dc*g


# mistake: wrong_operand -- its own value
def dcprev(dc, cprev):
    return dc*cprev


# mistake: upstream_unused -- only f
def dcprev(f):
    return f.clone()


# mistake: wrong_operand -- gf instead of f: the sigmoid is skipped
def dcprev(dc, gf):
    return dc*gf


# mistake: missing_path -- only the path through the output
def dcprev(dtc, tc, f):
    return dtc*(1 - tc**2)*f


# mistake: other_gradient -- dtc instead of dc: the tanh is skipped
def dcprev(dtc, f):
    return dtc*f


# mistake: sign -- a minus
def dcprev(dc, f):
    return -dc*f


# mistake: zeros -- left as zeros
def dcprev(cprev):
    return torch.zeros_like(cprev)
