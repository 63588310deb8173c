# mistake: constant_factor -- averaged over the minibatch
def db(dz):
    return dz.mean(0)


# mistake: keepdim -- a row with two dimensions
def db(dz):
    return dz.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the features
def db(dz):
    return dz.sum(1)


# mistake: not_summed -- one per example
def db(dz):
    return dz.clone()


# mistake: other_gradient -- the tanh is skipped
def db(dh):
    return dh.sum(0)


# mistake: sign -- a minus
def db(dz):
    return -dz.sum(0)


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)
