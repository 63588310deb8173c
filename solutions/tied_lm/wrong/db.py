# mistake: constant_factor -- averaged over the minibatch
def db(dz):
    return dz.mean(0)


# mistake: keepdim -- a row of two dimensions
def db(dz):
    return dz.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the features
def db(dz):
    return dz.sum(1)


# mistake: not_summed -- one for each example
def db(dz):
    return dz.clone()


# mistake: other_gradient -- the tanh is skipped
def db(dh):
    return dh.sum(0)


# mistake: sign -- a minus
def db(dz):
    return -dz.sum(0)


# mistake: zeros -- nothing is filled in
def db(b):
    return torch.zeros_like(b)
