# mistake: wrong_operand -- ln1 with gain and bias
def dln1w(dln1, ln1):
    return (dln1*ln1).sum((0, 1))


# mistake: wrong_operand -- the input of the layer norm
def dln1w(dln1, encoded):
    return (dln1*encoded).sum((0, 1))


# mistake: wrong_operand -- the mean is not subtracted
def dln1w(dln1, encoded):
    return (dln1*encoded*normalize(encoded)[1]).sum((0, 1))


# mistake: upstream_only -- the normalized values are missing
def dln1w(dln1):
    return dln1.sum((0, 1))


# mistake: not_summed -- summed over the examples only
def dln1w(dln1, encoded):
    return (dln1*normalize(encoded)[0]).sum(0)


# mistake: constant_factor -- averaged over the tokens
def dln1w(dln1, encoded):
    return (dln1*normalize(encoded)[0]).mean((0, 1))


# mistake: fused_term -- Bessel's correction in the variance
def dln1w(dln1, encoded):
    return (dln1*(encoded - encoded.mean(2, keepdim=True))/(encoded.var(2, keepdim=True) + 1e-5)**0.5).sum((0, 1))


# mistake: wrong_epsilon -- epsilon is missing
def dln1w(dln1, encoded):
    return (dln1*(encoded - encoded.mean(2, keepdim=True))/encoded.std(2, keepdim=True, unbiased=False)).sum((0, 1))


# mistake: wrong_axis -- normalized over the tokens
def dln1w(dln1, encoded):
    return (dln1*(encoded - encoded.mean(1, keepdim=True))/(encoded.var(1, keepdim=True, unbiased=False) + 1e-5)**0.5).sum((0, 1))


# mistake: sign -- a minus
def dln1w(dln1, encoded):
    return -(dln1*normalize(encoded)[0]).sum((0, 1))


# mistake: zeros -- left as zeros
def dln1w(ln1w):
    return torch.zeros_like(ln1w)
