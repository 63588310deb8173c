# form: from lnf itself
def dres3(dlnf, lnf, lnfw, lnfb, res3):
    norm, d = (lnf - lnfb)/lnfw, dlnf*lnfw
    return (d - d.mean(2, keepdim=True) - norm*(d*norm).mean(2, keepdim=True))/(res3.var(2, keepdim=True, unbiased=False) + 1e-5)**0.5


# form: with sums
def dres3(dlnf, lnfw, res3, C):
    norm, rstd = normalize(res3)
    d = dlnf*lnfw
    return rstd/C*(C*d - d.sum(2, keepdim=True) - norm*(d*norm).sum(2, keepdim=True))


# form: step by step
def dres3(dlnf, lnfw, res3, C):
    xs = res3 - res3.mean(2, keepdim=True)
    rstd = ((xs**2).mean(2, keepdim=True) + 1e-5)**-0.5
    d = dlnf*lnfw
    dvar = -0.5*rstd**3*(d*xs).sum(2, keepdim=True)
    dxs = d*rstd + 2*xs*dvar/C
    return dxs - dxs.mean(2, keepdim=True)
