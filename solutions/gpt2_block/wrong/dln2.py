# mistake: constant_factor -- averaged over the examples
def dln2(dfch, fcw, n):
    return dfch @ fcw/n


# mistake: wrong_operand -- times its own value
def dln2(dfch, fcw, ln2):
    return dfch @ fcw*ln2


# mistake: upstream_unused -- only the weights
def dln2(ln2, fcw):
    return fcw.sum(0).expand_as(ln2)


# mistake: wrong_operand -- absolute weights
def dln2(dfch, fcw):
    return dfch @ fcw.abs()


# mistake: sign -- a minus
def dln2(dfch, fcw):
    return -dfch @ fcw


# mistake: zeros -- left as zeros
def dln2(ln2):
    return torch.zeros_like(ln2)


# mistake: other_gradient -- gelu is skipped
def dln2(dfch_gelu, fcw):
    return dfch_gelu @ fcw


# mistake: wrong_operand -- the gain a line too early
def dln2(dfch, fcw, ln2w):
    return dfch @ fcw*ln2w
