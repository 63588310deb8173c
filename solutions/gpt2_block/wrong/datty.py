# mistake: constant_factor -- averaged over the examples
def datty(dattproj, attprojw, n):
    return dattproj @ attprojw/n


# mistake: wrong_operand -- times its own value
def datty(dattproj, attprojw, atty):
    return dattproj @ attprojw*atty


# mistake: upstream_unused -- only the weights
def datty(atty, attprojw):
    return attprojw.sum(0).expand_as(atty)


# mistake: wrong_operand -- absolute weights
def datty(dattproj, attprojw):
    return dattproj @ attprojw.abs()


# mistake: sign -- a minus
def datty(dattproj, attprojw):
    return -dattproj @ attprojw


# mistake: zeros -- left as zeros
def datty(atty):
    return torch.zeros_like(atty)


# mistake: transposed -- the weights transposed: they are square
def datty(dattproj, attprojw):
    return dattproj @ attprojw.T
