# form: two steps with +=
def dx(dxshift, dmean, C):
    d = dxshift.clone()
    d += dmean/C
    return d


# form: the gradient minus its mean
def dx(dxshift):
    return dxshift - dxshift.mean(2, keepdim=True)


# form: expand
def dx(dxshift, dmean, x):
    return dxshift + dmean.expand_as(x)/x.shape[2]


# form: fused: three terms
def dx(dnorm, norm, rstd):
    return rstd*(dnorm - dnorm.mean(2, keepdim=True) - norm*(dnorm*norm).mean(2, keepdim=True))


# form: fused: with sums
def dx(dnorm, norm, rstd, C):
    return rstd/C*(C*dnorm - dnorm.sum(2, keepdim=True) - norm*(dnorm*norm).sum(2, keepdim=True))


# form: fused from dout
def dx(dout, w, norm, rstd):
    return rstd*(dout*w - (dout*w).mean(2, keepdim=True) - norm*(dout*w*norm).mean(2, keepdim=True))


# form: in float32 whatever the input
def dx(dxshift):
    return dxshift.float() - dxshift.float().mean(2, keepdim=True)
