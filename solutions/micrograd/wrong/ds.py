# mistake: wrong_operand -- times b
def ds(dn, b):
    return dn*b


# mistake: sign -- a minus
def ds(dn):
    return -dn


# mistake: upstream_unused -- one
def ds(s):
    return torch.ones_like(s)


# mistake: constant_factor -- a half, as if the sum divided it
def ds(dn):
    return 0.5*dn


# mistake: other_gradient -- de instead of dn
def ds(de):
    return de.clone()


# mistake: zeros -- left as zeros
def ds(s):
    return torch.zeros_like(s)
