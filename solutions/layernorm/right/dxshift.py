# form: the other order
def dxshift(dnorm, dxshift2, rstd, xshift):
    return 2*xshift*dxshift2 + dnorm*rstd


# form: two steps with +=
def dxshift(dnorm, dxshift2, rstd, xshift):
    d = rstd*dnorm
    d += 2*xshift*dxshift2
    return d


# form: from dvar
def dxshift(dnorm, dvar, rstd, xshift, C):
    return rstd*dnorm + 2/C*xshift*dvar


# form: the normalization in two terms
def dxshift(dnorm, rstd, norm):
    return rstd*(dnorm - norm*(dnorm*norm).mean(2, keepdim=True))
