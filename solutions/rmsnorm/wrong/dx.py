# mistake: missing_path -- the path through the mean square is missing
def dx(dnorm, rrms):
    return rrms*dnorm


# mistake: missing_path -- only the path through the mean square
def dx(dsq, x):
    return 2*x*dsq


# mistake: negated_path -- the mean square with a minus
def dx(dnorm, dsq, rrms, x):
    return rrms*dnorm - 2*x*dsq


# mistake: constant_factor -- the two is missing
def dx(dnorm, dsq, rrms, x):
    return rrms*dnorm + x*dsq


# mistake: wrong_path -- the square again
def dx(dnorm, dsq, rrms, sq):
    return rrms*dnorm + 2*sq*dsq


# mistake: wrong_path -- rrms is missing
def dx(dnorm, dsq, x):
    return dnorm + 2*x*dsq


# mistake: wrong_path -- one over C is missing
def dx(dnorm, dms, rrms, x):
    return rrms*dnorm + 2*x*dms


# mistake: other_gradient -- dout instead of dnorm: w is missing
def dx(dout, dsq, rrms, x):
    return rrms*dout + 2*x*dsq


# mistake: fused_term -- the layer norm formula, with its mean
def dx(dnorm, norm, rrms):
    return rrms*(dnorm - dnorm.mean(2, keepdim=True) - norm*(dnorm*norm).mean(2, keepdim=True))


# mistake: fused_term -- w is missing
def dx(dout, norm, rrms):
    return rrms*(dout - norm*(dout*norm).mean(2, keepdim=True))


# mistake: fused_term -- sum instead of mean
def dx(dnorm, norm, rrms):
    return rrms*(dnorm - norm*(dnorm*norm).sum(2, keepdim=True))


# mistake: fused_term -- x instead of norm
def dx(dnorm, x, rrms):
    return rrms*(dnorm - x*(dnorm*x).mean(2, keepdim=True))


# mistake: hard_coded -- twelve features, in the fused formula
def dx(dnorm, norm, rrms):
    return rrms*(dnorm - norm*(dnorm*norm).sum(2, keepdim=True)/12)


# mistake: wrong_path -- a mean that was never subtracted
def dx(dnorm, dsq, rrms, x):
    d = rrms*dnorm + 2*x*dsq
    return d - d.mean(2, keepdim=True)


# mistake: sign -- everything with a minus
def dx(dnorm, dsq, rrms, x):
    return -rrms*dnorm - 2*x*dsq


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
