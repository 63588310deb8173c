# mistake: missing_path -- the path through the mean is missing
def dx(dxshift):
    return dxshift.clone()


# mistake: missing_path -- only the path through the mean
def dx(dmean, x, C):
    return dmean.expand_as(x)/C


# mistake: negated_path -- the mean with a minus
def dx(dxshift, dmean, C):
    return dxshift - dmean/C


# mistake: wrong_path -- one over C is missing
def dx(dxshift, dmean):
    return dxshift + dmean


# mistake: wrong_path -- Bessel: one feature fewer
def dx(dxshift, dmean, C):
    return dxshift + dmean/(C - 1)


# mistake: wrong_path -- divided by the number of positions
def dx(dxshift, dmean, x):
    return dxshift + dmean/x.shape[1]


# mistake: hard_coded -- twelve features
def dx(dxshift, dmean):
    return dxshift + dmean/12


# mistake: wrong_axis -- the mean over the examples, as in batch norm
def dx(dxshift):
    return dxshift - dxshift.mean(0, keepdim=True)


# mistake: fused_term -- two terms, not three: the mean is missing
def dx(dnorm, norm, rstd):
    return rstd*(dnorm - norm*(dnorm*norm).mean(2, keepdim=True))


# mistake: fused_term -- two terms, not three: the variance is missing
def dx(dnorm, rstd):
    return rstd*(dnorm - dnorm.mean(2, keepdim=True))


# mistake: fused_term -- straight through only
def dx(dnorm, rstd):
    return rstd*dnorm


# mistake: fused_term -- w is missing
def dx(dout, norm, rstd):
    return rstd*(dout - dout.mean(2, keepdim=True) - norm*(dout*norm).mean(2, keepdim=True))


# mistake: fused_term -- Bessel in the variance
def dx(dnorm, norm, rstd, C):
    return rstd*(dnorm - dnorm.mean(2, keepdim=True) - norm*(dnorm*norm).sum(2, keepdim=True)/(C - 1))


# mistake: fused_term -- the batch norm formula, over the examples
def dx(dnorm, norm, rstd):
    return rstd*(dnorm - dnorm.mean(0, keepdim=True) - norm*(dnorm*norm).mean(0, keepdim=True))


# mistake: fused_term -- the variance with a plus
def dx(dnorm, norm, rstd):
    return rstd*(dnorm - dnorm.mean(2, keepdim=True) + norm*(dnorm*norm).mean(2, keepdim=True))


# mistake: fused_term -- x instead of norm
def dx(dnorm, x, rstd):
    return rstd*(dnorm - dnorm.mean(2, keepdim=True) - x*(dnorm*x).mean(2, keepdim=True))


# mistake: sign -- everything with a minus
def dx(dxshift, dmean, C):
    return -dxshift - dmean/C


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
