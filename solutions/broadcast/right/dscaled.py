# form: two steps with +=
def dscaled(dcentered, drowmean, m):
    d = dcentered.clone()
    d += drowmean/m
    return d


# form: expand
def dscaled(dcentered, drowmean, scaled):
    return dcentered + drowmean.expand_as(scaled)/scaled.shape[1]


# form: the gradient less its mean
def dscaled(dcentered):
    return dcentered - dcentered.mean(1, keepdim=True)


# form: times one over m
def dscaled(dcentered, drowmean, m):
    return dcentered + 1/m*drowmean


# form: a centring matrix
def dscaled(dcentered, m):
    return dcentered @ (torch.eye(m) - 1/m)


# form: written in float32 whatever comes in
def dscaled(dcentered, drowmean, m):
    return dcentered.float() + drowmean.float()/m
