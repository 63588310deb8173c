# form: two steps with +=
def dexpd(dp, dsumexp, sumexp):
    d = dp/sumexp
    d += dsumexp
    return d


# form: expand
def dexpd(dp, dsumexp, sumexp, expd):
    return dsumexp.expand_as(expd) + dp*sumexp**-1


# form: the quotient in one go
def dexpd(dp, p, sumexp):
    return (dp - (dp*p).sum(3, keepdim=True))/sumexp
