# mistake: missing_path -- the path through the sum is missing
def dexpd(dp, sumexp):
    return dp/sumexp


# mistake: missing_path -- only the path through the sum
def dexpd(dsumexp, expd):
    return dsumexp.expand_as(expd)


# mistake: not_expanded -- one number per row
def dexpd(dsumexp):
    return dsumexp.clone()


# mistake: negated_path -- the sum with a minus
def dexpd(dp, dsumexp, sumexp):
    return dp/sumexp - dsumexp


# mistake: doubled_path -- the sum twice
def dexpd(dp, dsumexp, sumexp):
    return dp/sumexp + 2*dsumexp


# mistake: wrong_path -- times instead of divided
def dexpd(dp, dsumexp, sumexp):
    return dp*sumexp + dsumexp


# mistake: wrong_path -- dp is not divided
def dexpd(dp, dsumexp):
    return dp + dsumexp


# mistake: wrong_path -- the sum times expd
def dexpd(dp, dsumexp, sumexp, expd):
    return dp/sumexp + dsumexp*expd


# mistake: wrong_path -- the mask a line too early: it belongs to att
def dexpd(dp, dsumexp, sumexp, causal):
    return (dp/sumexp + dsumexp)*causal


# mistake: wrong_axis -- the sum over the query tokens
def dexpd(dp, p, sumexp):
    return (dp - (dp*p).sum(2, keepdim=True))/sumexp


# mistake: zeros -- left as zeros
def dexpd(expd):
    return torch.zeros_like(expd)
