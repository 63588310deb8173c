# mistake: fused_term -- two terms, not three: the mean is missing
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - norm*(d*norm).mean(2, keepdim=True))


# mistake: fused_term -- two terms, not three: the variance is missing
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - d.mean(2, keepdim=True))


# mistake: fused_term -- straight through only
def dres3(dlnf, lnfw, res3):
    return dlnf*lnfw*normalize(res3)[1]


# mistake: fused_term -- the gain is missing
def dres3(dlnf, res3):
    norm, rstd = normalize(res3)
    return rstd*(dlnf - dlnf.mean(2, keepdim=True) - norm*(dlnf*norm).mean(2, keepdim=True))


# mistake: fused_term -- rstd is missing
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return d - d.mean(2, keepdim=True) - norm*(d*norm).mean(2, keepdim=True)


# mistake: fused_term -- Bessel's correction in the variance
def dres3(dlnf, lnfw, res3, C):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - d.mean(2, keepdim=True) - norm*(d*norm).sum(2, keepdim=True)/(C - 1))


# mistake: fused_term -- the variance with a plus
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - d.mean(2, keepdim=True) + norm*(d*norm).mean(2, keepdim=True))


# mistake: wrong_axis -- over the examples, as in batch norm
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - d.mean(0, keepdim=True) - norm*(d*norm).mean(0, keepdim=True))


# mistake: wrong_epsilon -- epsilon is missing
def dres3(dlnf, lnfw, res3):
    rstd = 1/res3.std(2, keepdim=True, unbiased=False)
    norm = (res3 - res3.mean(2, keepdim=True))*rstd
    d = dlnf*lnfw
    return rstd*(d - d.mean(2, keepdim=True) - norm*(d*norm).mean(2, keepdim=True))


# mistake: wrong_operand -- the previous layer: res2 instead of res3
def dres3(dlnf, lnfw, res2):
    return through_layer_norm(dlnf, res2, lnfw)


# mistake: wrong_operand -- the gain of another layer norm
def dres3(dlnf, ln2w, res3):
    return through_layer_norm(dlnf, res3, ln2w)


# mistake: wrong_operand -- lnf instead of the normalized values
def dres3(dlnf, lnfw, lnf, res3):
    d = dlnf*lnfw
    return normalize(res3)[1]*(d - d.mean(2, keepdim=True) - lnf*(d*lnf).mean(2, keepdim=True))


# mistake: hard_coded -- ten features
def dres3(dlnf, lnfw, res3):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd*(d - d.sum(2, keepdim=True)/10 - norm*(d*norm).sum(2, keepdim=True)/10)


# mistake: sign -- a minus
def dres3(dlnf, lnfw, res3):
    return -through_layer_norm(dlnf, res3, lnfw)


# mistake: zeros -- left as zeros
def dres3(res3):
    return torch.zeros_like(res3)
