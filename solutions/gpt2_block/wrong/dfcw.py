# mistake: transposed -- inputs by outputs
def dfcw(dfch, ln2):
    return ln2.flatten(0, 1).T @ dfch.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dfcw(dfch, ln2):
    return dfch.transpose(1, 2) @ ln2


# mistake: constant_factor -- averaged over the examples
def dfcw(dfch, ln2):
    return (dfch.transpose(1, 2) @ ln2).mean(0)


# mistake: constant_factor -- averaged over the tokens
def dfcw(dfch, ln2, n, T):
    return weights_of(dfch, ln2)/(n*T)


# mistake: wrong_index -- the last token only
def dfcw(dfch, ln2):
    return dfch[:, -1].T @ ln2[:, -1]


# mistake: wrong_operand -- res2 instead of ln2
def dfcw(dfch, res2):
    return weights_of(dfch, res2)


# mistake: upstream_only -- the inputs are missing
def dfcw(dfch, fcw):
    return dfch.sum((0, 1))[:, None].expand_as(fcw)


# mistake: upstream_unused -- the upstream gradient is missing
def dfcw(ln2, fcw):
    return ln2.sum((0, 1)).expand_as(fcw)


# mistake: sign -- a minus
def dfcw(dfch, ln2):
    return -weights_of(dfch, ln2)


# mistake: zeros -- left as zeros
def dfcw(fcw):
    return torch.zeros_like(fcw)
