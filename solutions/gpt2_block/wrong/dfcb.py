# mistake: not_summed -- summed over the examples only
def dfcb(dfch):
    return dfch.sum(0)


# mistake: constant_factor -- averaged over the tokens
def dfcb(dfch):
    return dfch.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dfcb(dfch):
    return dfch.sum((0, 1), keepdim=True)


# mistake: wrong_index -- the first token only
def dfcb(dfch):
    return dfch[:, 0].sum(0)


# mistake: wrong_operand -- times the bias
def dfcb(dfch, fcb):
    return dfch.sum((0, 1))*fcb


# mistake: sign -- a minus
def dfcb(dfch):
    return -dfch.sum((0, 1))


# mistake: zeros -- left as zeros
def dfcb(fcb):
    return torch.zeros_like(fcb)
