# mistake: not_summed -- summed over the examples only
def dbo(dout):
    return dout.sum(0)


# mistake: not_summed -- summed over the tokens only
def dbo(dout):
    return dout.sum(1)


# mistake: constant_factor -- averaged
def dbo(dout):
    return dout.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dbo(dout):
    return dout.sum((0, 1), keepdim=True)


# mistake: wrong_axis -- summed over the features
def dbo(dout):
    return dout.sum((1, 2))


# mistake: wrong_index -- the last token only
def dbo(dout):
    return dout[:, -1].sum(0)


# mistake: sign -- a minus
def dbo(dout):
    return -dout.sum((0, 1))


# mistake: zeros -- left as zeros
def dbo(bo):
    return torch.zeros_like(bo)
