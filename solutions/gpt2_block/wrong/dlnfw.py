# mistake: wrong_operand -- lnf with gain and bias
def dlnfw(dlnf, lnf):
    return (dlnf*lnf).sum((0, 1))


# mistake: wrong_operand -- the input of the layer norm
def dlnfw(dlnf, res3):
    return (dlnf*res3).sum((0, 1))


# mistake: wrong_operand -- the mean is not subtracted
def dlnfw(dlnf, res3):
    return (dlnf*res3*normalize(res3)[1]).sum((0, 1))


# mistake: upstream_only -- the normalized values are missing
def dlnfw(dlnf):
    return dlnf.sum((0, 1))


# mistake: not_summed -- summed over the examples only
def dlnfw(dlnf, res3):
    return (dlnf*normalize(res3)[0]).sum(0)


# mistake: constant_factor -- averaged over the tokens
def dlnfw(dlnf, res3):
    return (dlnf*normalize(res3)[0]).mean((0, 1))


# mistake: fused_term -- Bessel's correction in the variance
def dlnfw(dlnf, res3):
    return (dlnf*(res3 - res3.mean(2, keepdim=True))/(res3.var(2, keepdim=True) + 1e-5)**0.5).sum((0, 1))


# mistake: wrong_epsilon -- epsilon is missing
def dlnfw(dlnf, res3):
    return (dlnf*(res3 - res3.mean(2, keepdim=True))/res3.std(2, keepdim=True, unbiased=False)).sum((0, 1))


# mistake: wrong_axis -- normalized over the tokens
def dlnfw(dlnf, res3):
    return (dlnf*(res3 - res3.mean(1, keepdim=True))/(res3.var(1, keepdim=True, unbiased=False) + 1e-5)**0.5).sum((0, 1))


# mistake: sign -- a minus
def dlnfw(dlnf, res3):
    return -(dlnf*normalize(res3)[0]).sum((0, 1))


# mistake: zeros -- left as zeros
def dlnfw(lnfw):
    return torch.zeros_like(lnfw)
