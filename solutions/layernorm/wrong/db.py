# mistake: not_summed -- summed over the examples only
def db(dout):
    return dout.sum(0)


# mistake: not_summed -- summed over the positions only
def db(dout):
    return dout.sum(1)


# mistake: not_summed -- the full shape
def db(dout):
    return dout.clone()


# mistake: constant_factor -- mean instead of sum
def db(dout):
    return dout.mean((0, 1))


# mistake: constant_factor -- the mean over the positions
def db(dout):
    return dout.sum(0).mean(0)


# mistake: keepdim -- size-1 dimensions are left
def db(dout):
    return dout.sum((0, 1), keepdim=True)


# mistake: wrong_axis -- summed over the features
def db(dout):
    return dout.sum((1, 2))


# mistake: wrong_index -- the first position only
def db(dout):
    return dout[:, 0].sum(0)


# mistake: wrong_operand -- times b
def db(dout, b):
    return dout.sum((0, 1))*b


# mistake: sign -- a minus
def db(dout):
    return -dout.sum((0, 1))


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)
