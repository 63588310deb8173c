# mistake: upstream_only -- c is missing
def da(dprod):
    return dprod.clone()


# mistake: wrong_operand -- a instead of c
def da(dprod, a):
    return a*dprod


# mistake: wrong_operand -- b instead of c
def da(dprod, b):
    return b*dprod


# mistake: upstream_unused -- only c
def da(a, c):
    return c*torch.ones_like(a)


# mistake: summed_too_far -- summed along the rows
def da(dprod, c):
    return (c*dprod).sum(1, keepdim=True)


# mistake: sign -- a minus
def da(dprod, c):
    return -c*dprod


# mistake: wrong_operand -- divided by c
def da(dprod, c):
    return dprod/c


# mistake: zeros -- left as zeros
def da(a):
    return torch.zeros_like(a)
