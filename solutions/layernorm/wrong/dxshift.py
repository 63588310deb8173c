# mistake: missing_path -- the path through the variance is missing
def dxshift(dnorm, rstd):
    return rstd*dnorm


# mistake: missing_path -- only the path through the variance
def dxshift(dxshift2, xshift):
    return 2*xshift*dxshift2


# mistake: constant_factor -- the two is missing
def dxshift(dnorm, dxshift2, rstd, xshift):
    return rstd*dnorm + xshift*dxshift2


# mistake: negated_path -- the variance with a minus
def dxshift(dnorm, dxshift2, rstd, xshift):
    return rstd*dnorm - 2*xshift*dxshift2


# mistake: wrong_path -- x instead of xshift in the square
def dxshift(dnorm, dxshift2, rstd, x):
    return rstd*dnorm + 2*x*dxshift2


# mistake: wrong_path -- the square again
def dxshift(dnorm, dxshift2, rstd, xshift2):
    return rstd*dnorm + 2*xshift2*dxshift2


# mistake: wrong_path -- rstd is missing
def dxshift(dnorm, dxshift2, xshift):
    return dnorm + 2*xshift*dxshift2


# mistake: wrong_path -- divided by rstd
def dxshift(dnorm, dxshift2, rstd, xshift):
    return dnorm/rstd + 2*xshift*dxshift2


# mistake: wrong_path -- one over C is missing
def dxshift(dnorm, dvar, rstd, xshift):
    return rstd*dnorm + 2*xshift*dvar


# mistake: wrong_path -- one path overwrites the other
def dxshift(dnorm, dxshift2, rstd, xshift):
    d = rstd*dnorm
    d = 2*xshift*dxshift2
    return d


# mistake: fused_term -- sum instead of mean in the second term
def dxshift(dnorm, rstd, norm):
    return rstd*(dnorm - norm*(dnorm*norm).sum(2, keepdim=True))


# mistake: other_gradient -- dscaled instead of dnorm
def dxshift(dscaled, dxshift2, rstd, xshift):
    return rstd*dscaled + 2*xshift*dxshift2


# mistake: sign -- everything with a minus
def dxshift(dnorm, dxshift2, rstd, xshift):
    return -rstd*dnorm - 2*xshift*dxshift2


# mistake: zeros -- left as zeros
def dxshift(xshift):
    return torch.zeros_like(xshift)
