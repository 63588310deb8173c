# form: two steps with +=
def dscaled(dcentered, drowmean):
    d = dcentered.clone()
    d += drowmean/dcentered.shape[1]
    return d


# form: expand
def dscaled(dcentered, drowmean, scaled):
    return dcentered + drowmean.expand_as(scaled)/scaled.shape[1]


# form: the gradient minus its mean
def dscaled(dcentered):
    return dcentered - dcentered.mean(1, keepdim=True)


# form: times one over m
def dscaled(dcentered, drowmean):
    return dcentered + 1/dcentered.shape[1]*drowmean


# form: a centering matrix
def dscaled(dcentered):
    return dcentered @ (torch.eye(dcentered.shape[1]) - 1/dcentered.shape[1])


# form: in float32 whatever the input
def dscaled(dcentered, drowmean):
    return dcentered.float() + drowmean.float()/dcentered.shape[1]
