# form: two steps with +=
def dx(dnorm, dsq, rrms, x):
    d = rrms*dnorm
    d += 2*x*dsq
    return d


# form: the other order
def dx(dnorm, dsq, rrms, x):
    return 2*x*dsq + dnorm*rrms


# form: from dms
def dx(dnorm, dms, rrms, x, C):
    return rrms*dnorm + 2/C*x*dms


# form: fused: two terms
def dx(dnorm, norm, rrms):
    return rrms*(dnorm - norm*(dnorm*norm).mean(2, keepdim=True))


# form: fused from dout
def dx(dout, w, x, rrms):
    return rrms*dout*w - x*rrms**3*(dout*w*x).mean(2, keepdim=True)


# form: in float32 whatever the input
def dx(dnorm, dsq, rrms, x):
    return rrms.float()*dnorm.float() + 2*x.float()*dsq.float()
