# mistake: keepdim -- the sum drops the dimension
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).sum(0)


# mistake: not_summed -- the sum is missing
def dbnvar_inv(dbnraw, bndiff):
    return bndiff * dbnraw


# mistake: wrong_axis -- summed over the columns
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).sum(1, keepdim=True)


# mistake: summed_too_far -- .sum() without a dimension
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).sum()


# mistake: summed_too_far -- a single number at every position
def dbnvar_inv(dbnraw, bnvar_inv, bndiff):
    return (bndiff * dbnraw).sum()*torch.ones_like(bnvar_inv)


# mistake: constant_factor -- mean instead of sum
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).mean(0, keepdim=True)


# mistake: hard_coded -- the mean times 32
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).mean(0, keepdim=True)*32


# mistake: wrong_index -- the first example is left out
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw)[1:].sum(0, keepdim=True)


# mistake: zeros -- left as zeros
def dbnvar_inv(bnvar_inv):
    return torch.zeros_like(bnvar_inv)


# mistake: wrong_dtype -- in float64
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff * dbnraw).double().sum(0, keepdim=True)


# mistake: sign -- an extra minus
def dbnvar_inv(dbnraw, bndiff):
    return -(bndiff * dbnraw).sum(0, keepdim=True)


# mistake: upstream_only -- bndiff is missing
def dbnvar_inv(dbnraw):
    return dbnraw.sum(0, keepdim=True)


# mistake: upstream_unused -- the upstream gradient is missing
def dbnvar_inv(bndiff):
    return bndiff.sum(0, keepdim=True)


# mistake: summed_too_far -- summed separately, then multiplied
def dbnvar_inv(dbnraw, bndiff):
    return bndiff.sum(0, keepdim=True) * dbnraw.sum(0, keepdim=True)


# mistake: wrong_power -- a power instead of a product: ** typed for *
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff**dbnraw).sum(0, keepdim=True)


# mistake: wrong_operand -- bndiff squared
def dbnvar_inv(dbnraw, bndiff):
    return (bndiff**2*dbnraw).sum(0, keepdim=True)


# mistake: wrong_operand -- bnraw instead of bndiff
def dbnvar_inv(dbnraw, bnraw):
    return (bnraw*dbnraw).sum(0, keepdim=True)


# mistake: wrong_operand -- hprebn instead of bndiff: the mean is still included
def dbnvar_inv(dbnraw, hprebn):
    return (hprebn*dbnraw).sum(0, keepdim=True)


# mistake: other_gradient -- dhpreact instead of dbnraw
def dbnvar_inv(dhpreact, bndiff):
    return (bndiff*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- bndiff2 instead of bndiff
def dbnvar_inv(dbnraw, bndiff2):
    return (bndiff2*dbnraw).sum(0, keepdim=True)
