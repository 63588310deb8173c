# mistake: keepdim -- the sum drops the dimension
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(0)


# mistake: not_summed -- the sum is forgotten
def dbngain(dhpreact, bnraw):
    return bnraw * dhpreact


# mistake: wrong_axis -- summed over the columns
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum(1, keepdim=True)


# mistake: summed_too_far -- .sum() without a dimension
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).sum()


# mistake: summed_too_far -- one number in every place
def dbngain(dhpreact, bngain, bnraw):
    return (bnraw * dhpreact).sum()*torch.ones_like(bngain)


# mistake: constant_factor -- the mean for the sum
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).mean(0, keepdim=True)


# mistake: hard_coded -- the mean times 32
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).mean(0, keepdim=True)*32


# mistake: wrong_index -- the first example is left out
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact)[1:].sum(0, keepdim=True)


# mistake: zeros -- nothing is filled in
def dbngain(bngain):
    return torch.zeros_like(bngain)


# mistake: wrong_dtype -- in double
def dbngain(dhpreact, bnraw):
    return (bnraw * dhpreact).double().sum(0, keepdim=True)


# mistake: sign -- a minus too many
def dbngain(dhpreact, bnraw):
    return -(bnraw * dhpreact).sum(0, keepdim=True)


# mistake: upstream_only -- bnraw is forgotten
def dbngain(dhpreact):
    return dhpreact.sum(0, keepdim=True)


# mistake: upstream_unused -- the upstream gradient is forgotten
def dbngain(bnraw):
    return bnraw.sum(0, keepdim=True)


# mistake: summed_too_far -- summed apart and then multiplied
def dbngain(dhpreact, bnraw):
    return bnraw.sum(0, keepdim=True) * dhpreact.sum(0, keepdim=True)


# mistake: wrong_power -- a power for a product: ** typed for *
def dbngain(dhpreact, bnraw):
    return (bnraw**dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- bnraw squared
def dbngain(dhpreact, bnraw):
    return (bnraw**2*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- hpreact for bnraw
def dbngain(dhpreact, hpreact):
    return (hpreact*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- hprebn for bnraw
def dbngain(dhpreact, hprebn):
    return (hprebn*dhpreact).sum(0, keepdim=True)
