# mistake: keepdim -- the sum drops the dimension
def dbnbias(dhpreact):
    return (dhpreact).sum(0)


# mistake: not_summed -- the sum is missing
def dbnbias(dhpreact):
    return dhpreact*1.0


# mistake: wrong_axis -- summed over the columns
def dbnbias(dhpreact):
    return (dhpreact).sum(1, keepdim=True)


# mistake: summed_too_far -- .sum() without a dimension
def dbnbias(dhpreact):
    return (dhpreact).sum()


# mistake: summed_too_far -- a single number at every position
def dbnbias(dhpreact, bnbias):
    return (dhpreact).sum()*torch.ones_like(bnbias)


# mistake: constant_factor -- mean instead of sum
def dbnbias(dhpreact):
    return (dhpreact).mean(0, keepdim=True)


# mistake: hard_coded -- the mean times 32
def dbnbias(dhpreact):
    return (dhpreact).mean(0, keepdim=True)*32


# mistake: wrong_index -- the first example is left out
def dbnbias(dhpreact):
    return (dhpreact)[1:].sum(0, keepdim=True)


# mistake: zeros -- left as zeros
def dbnbias(bnbias):
    return torch.zeros_like(bnbias)


# mistake: wrong_dtype -- in float64
def dbnbias(dhpreact):
    return (dhpreact).double().sum(0, keepdim=True)


# mistake: sign -- an extra minus
def dbnbias(dhpreact):
    return -dhpreact.sum(0, keepdim=True)


# mistake: other_gradient -- dh instead of dhpreact
def dbnbias(dh):
    return dh.sum(0, keepdim=True)


# mistake: wrong_operand -- the gain is included
def dbnbias(dhpreact, bngain):
    return (bngain*dhpreact).sum(0, keepdim=True)


# mistake: wrong_operand -- bnraw is included
def dbnbias(dhpreact, bnraw):
    return (bnraw*dhpreact).sum(0, keepdim=True)


# mistake: float32_pinned -- the mean, in float32
def dbnbias(dhpreact):
    return dhpreact.float().mean(0, keepdim=True)
