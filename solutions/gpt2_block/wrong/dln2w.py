# mistake: wrong_operand -- ln2 with gain and bias
def dln2w(dln2, ln2):
    return (dln2*ln2).sum((0, 1))


# mistake: wrong_operand -- the input of the layer norm
def dln2w(dln2, res2):
    return (dln2*res2).sum((0, 1))


# mistake: wrong_operand -- the mean is not subtracted
def dln2w(dln2, res2):
    return (dln2*res2*normalize(res2)[1]).sum((0, 1))


# mistake: upstream_only -- the normalized values are missing
def dln2w(dln2):
    return dln2.sum((0, 1))


# mistake: not_summed -- summed over the examples only
def dln2w(dln2, res2):
    return (dln2*normalize(res2)[0]).sum(0)


# mistake: constant_factor -- averaged over the tokens
def dln2w(dln2, res2):
    return (dln2*normalize(res2)[0]).mean((0, 1))


# mistake: fused_term -- Bessel's correction in the variance
def dln2w(dln2, res2):
    return (dln2*(res2 - res2.mean(2, keepdim=True))/(res2.var(2, keepdim=True) + 1e-5)**0.5).sum((0, 1))


# mistake: wrong_epsilon -- epsilon is missing
def dln2w(dln2, res2):
    return (dln2*(res2 - res2.mean(2, keepdim=True))/res2.std(2, keepdim=True, unbiased=False)).sum((0, 1))


# mistake: wrong_axis -- normalized over the tokens
def dln2w(dln2, res2):
    return (dln2*(res2 - res2.mean(1, keepdim=True))/(res2.var(1, keepdim=True, unbiased=False) + 1e-5)**0.5).sum((0, 1))


# mistake: sign -- a minus
def dln2w(dln2, res2):
    return -(dln2*normalize(res2)[0]).sum((0, 1))


# mistake: zeros -- left as zeros
def dln2w(ln2w):
    return torch.zeros_like(ln2w)
