# mistake: wrong_operand -- times b
def db(dn, b):
    return dn*b


# mistake: sign -- a minus
def db(dn):
    return -dn


# mistake: upstream_unused -- one
def db(b):
    return torch.ones_like(b)


# mistake: wrong_operand -- times s
def db(dn, s):
    return dn*s


# mistake: other_gradient -- do instead of dn
def db(do):
    return do.clone()


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)


# mistake: keepdim -- a vector with one element
def db(dn):
    return dn.view(1)
