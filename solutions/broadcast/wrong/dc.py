# mistake: keepdim -- the dimension is lost
def dc(dprod, a):
    return (a*dprod).sum(1)


# mistake: wrong_axis -- summed over the rows
def dc(dprod, a):
    return (a*dprod).sum(0, keepdim=True)


# mistake: not_summed -- the whole table
def dc(dprod, a):
    return a*dprod


# mistake: summed_too_far -- one number
def dc(dprod, a):
    return (a*dprod).sum()


# mistake: constant_factor -- mean instead of sum
def dc(dprod, a):
    return (a*dprod).mean(1, keepdim=True)


# mistake: wrong_operand -- prod instead of a
def dc(dprod, prod):
    return (prod*dprod).sum(1, keepdim=True)


# mistake: upstream_only -- a is missing
def dc(dprod):
    return dprod.sum(1, keepdim=True)


# mistake: upstream_unused -- only a
def dc(a):
    return a.sum(1, keepdim=True)


# mistake: sign -- a minus
def dc(dprod, a):
    return -(a*dprod).sum(1, keepdim=True)


# mistake: hard_coded -- nine columns
def dc(dprod, a):
    return 9*(dprod*a).mean(1, keepdim=True)


# mistake: transposed -- a row
def dc(dprod, a):
    return (a*dprod).sum(1)[None]


# mistake: zeros -- left as zeros
def dc(c):
    return torch.zeros_like(c)
