# form: times the reciprocal
def dsumexp(dlse, sumexp):
    return (1/sumexp)*dlse


# form: a power
def dsumexp(dlse, sumexp):
    return sumexp**-1*dlse


# form: by exp of lse
def dsumexp(dlse, lse):
    return torch.exp(-lse)*dlse


# form: in float32 whatever the input
def dsumexp(dlse, sumexp):
    return dlse.float()/sumexp.float()
