# mistake: constant_factor -- mean instead of sum
def db2(dout):
    return dout.mean(0)


# mistake: keepdim -- a row with two dimensions
def db2(dout):
    return dout.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the outputs
def db2(dout):
    return dout.sum(1)


# mistake: not_summed -- the whole table
def db2(dout):
    return dout.clone()


# mistake: summed_too_far -- a single number for all
def db2(dout, b2):
    return dout.sum()*torch.ones_like(b2)


# mistake: wrong_operand -- times b2
def db2(dout, b2):
    return dout.sum(0)*b2


# mistake: sign -- a minus
def db2(dout):
    return -dout.sum(0)


# mistake: wrong_index -- the first example only
def db2(dout):
    return dout[0]


# mistake: zeros -- left as zeros
def db2(b2):
    return torch.zeros_like(b2)
