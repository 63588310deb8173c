# mistake: upstream_only -- i is forgotten
def dg(dc):
    return dc.clone()


# mistake: wrong_operand -- f for i
def dg(dc, f):
    return dc*f


# mistake: wrong_operand -- its own value
def dg(dc, g):
    return dc*g


# mistake: upstream_unused -- only i
def dg(i):
    return i.clone()


# mistake: wrong_operand -- gi for i: the sigmoid is skipped
def dg(dc, gi):
    return dc*gi


# mistake: missing_path -- only the next step
def dg(cotc, i):
    return cotc*i


# mistake: other_gradient -- dtc for dc: the tanh is skipped
def dg(dtc, i):
    return dtc*i


# mistake: sign -- a minus
def dg(dc, i):
    return -dc*i


# mistake: zeros -- nothing is filled in
def dg(g):
    return torch.zeros_like(g)
