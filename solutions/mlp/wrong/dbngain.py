# mistake: keepdim -- the sum drops the dimension
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(0)


# mistake: not_summed -- the sum is missing
def dbngain(dhpreact, bnraw):
    return bnraw * dhpreact


# mistake: wrong_axis -- summed over the columns
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(1, keepdim=True)


# mistake: summed_too_far -- .sum() without a dimension
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum()


# mistake: summed_too_far -- a single number at every position
def dbngain(dhpreact, bngain, bnraw):
    return (bnraw * dhpreact).sum()*torch.ones_like(bngain)


# mistake: constant_factor -- mean instead of sum
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).mean(0, keepdim=True)


# mistake: hard_coded -- the mean times 32
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).mean(0, keepdim=True)*32


# mistake: wrong_index -- the first example is left out
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact)[1:].sum(0, keepdim=True)


# mistake: zeros -- left as zeros
def dbngain(bngain):
    return torch.zeros_like(bngain)


# mistake: wrong_dtype -- in float64
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).double().sum(0, keepdim=True)


# mistake: sign -- an extra minus
def dbngain(dhpreact, bnraw):
    return -(bnraw * dhpreact).sum(0, keepdim=True)


# mistake: upstream_only -- bnraw is missing
def dbngain(dhpreact):
    return dhpreact.sum(0, keepdim=True)


# mistake: upstream_unused -- the upstream gradient is missing
def dbngain(bnraw):
    return bnraw.sum(0, keepdim=True)


# mistake: summed_too_far -- summed separately, then multiplied
def dbngain(dhpreact, bnraw):
    return bnraw.sum(0, keepdim=True) * dhpreact.sum(0, keepdim=True)


# mistake: wrong_power -- a power instead of a product: ** typed for *
def dbngain(dhpreact, bnraw):
    return (bnraw**dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- bnraw squared
def dbngain(dhpreact, bnraw):
    return (bnraw**2*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- bndiff instead of bnraw
def dbngain(dhpreact, bndiff):
    return (bndiff*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- hpreact instead of bnraw
def dbngain(dhpreact, hpreact):
    return (hpreact*dhpreact).sum(0, keepdim=True)


# mistake: other_gradient -- dh instead of dhpreact
def dbngain(dh, bnraw):
    return (bnraw*dh).sum(0, keepdim=True)


# mistake: wrong_operand -- the gain is included
def dbngain(dhpreact, bngain, bnraw):
    return (bngain*bnraw*dhpreact).sum(0, keepdim=True)
