# mistake: wrong_operand -- the derivative of the tanh
def dgi(di, i):
    return di*(1 - i**2)


# mistake: upstream_only -- the sigmoid is missing
def dgi(di):
    return di.clone()


# mistake: upstream_unused -- di is missing
def dgi(i):
    return i*(1 - i)


# mistake: missing_path -- only half of the product
def dgi(di, i):
    return di*i


# mistake: missing_path -- only the other half
def dgi(di, i):
    return di*(1 - i)


# mistake: wrong_operand -- gi instead of i
def dgi(di, gi):
    return di*gi*(1 - gi)


# mistake: wrong_operand -- another gate
def dgi(di, f):
    return di*f*(1 - f)


# mistake: sign -- a minus
def dgi(di, i):
    return di*i*(i - 1)


# mistake: zeros -- left as zeros
def dgi(gi):
    return torch.zeros_like(gi)
