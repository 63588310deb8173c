# mistake: keepdim -- the sum drops the dimension
def dbnmeani(dbndiff):
    return (-dbndiff).sum(0)


# mistake: not_summed -- the sum is missing
def dbnmeani(dbndiff):
    return -dbndiff*1.0


# mistake: wrong_axis -- summed over the columns
def dbnmeani(dbndiff):
    return (-dbndiff).sum(1, keepdim=True)


# mistake: summed_too_far -- .sum() without a dimension
def dbnmeani(dbndiff):
    return (-dbndiff).sum()


# mistake: summed_too_far -- a single number at every position
def dbnmeani(dbndiff, bnmeani):
    return (-dbndiff).sum()*torch.ones_like(bnmeani)


# mistake: constant_factor -- mean instead of sum
def dbnmeani(dbndiff):
    return (-dbndiff).mean(0, keepdim=True)


# mistake: hard_coded -- the mean times 32
def dbnmeani(dbndiff):
    return (-dbndiff).mean(0, keepdim=True)*32


# mistake: wrong_index -- the first example is left out
def dbnmeani(dbndiff):
    return (-dbndiff)[1:].sum(0, keepdim=True)


# mistake: zeros -- left as zeros
def dbnmeani(bnmeani):
    return torch.zeros_like(bnmeani)


# mistake: wrong_dtype -- in float64
def dbnmeani(dbndiff):
    return (-dbndiff).double().sum(0, keepdim=True)


# mistake: sign -- the minus is missing
def dbnmeani(dbndiff):
    return dbndiff.sum(0, keepdim=True)


# mistake: constant_factor -- 1/n belongs to the previous line
def dbnmeani(dbndiff, n):
    return (-dbndiff).sum(0, keepdim=True)/n


# mistake: other_gradient -- dbnraw instead of dbndiff
def dbnmeani(dbnraw):
    return (-dbnraw).sum(0, keepdim=True)


# mistake: other_gradient -- only the path through the square: zero in exact arithmetic
def dbnmeani(dbndiff2, bndiff):
    return -(2*bndiff*dbndiff2).sum(0, keepdim=True)


# mistake: upstream_unused -- minus n
def dbnmeani(bnmeani, n):
    return -n*torch.ones_like(bnmeani)


# mistake: float32_pinned -- the minus is missing, in float32
def dbnmeani(dbndiff):
    return dbndiff.float().sum(0, keepdim=True)
