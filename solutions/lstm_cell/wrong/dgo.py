# mistake: wrong_operand -- the derivative of the tanh
def dgo(do, o):
    return do*(1 - o**2)


# mistake: upstream_only -- the sigmoid is missing
def dgo(do):
    return do.clone()


# mistake: upstream_unused -- do is missing
def dgo(o):
    return o*(1 - o)


# mistake: missing_path -- only half of the product
def dgo(do, o):
    return do*o


# mistake: missing_path -- only the other half
def dgo(do, o):
    return do*(1 - o)


# mistake: wrong_operand -- go instead of o
def dgo(do, go):
    return do*go*(1 - go)


# mistake: wrong_operand -- another gate
def dgo(do, f):
    return do*f*(1 - f)


# mistake: sign -- a minus
def dgo(do, o):
    return do*o*(o - 1)


# mistake: zeros -- left as zeros
def dgo(go):
    return torch.zeros_like(go)
