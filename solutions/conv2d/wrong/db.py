# mistake: constant_factor -- averaged over the images
def db(doutmat):
    return doutmat.mean(0).sum(1)


# mistake: constant_factor -- averaged over images and windows
def db(doutmat):
    return doutmat.mean((0, 2))


# mistake: not_summed -- summed over the images only
def db(doutmat):
    return doutmat.sum(0)


# mistake: not_summed -- summed over the windows only
def db(doutmat):
    return doutmat.sum(2)


# mistake: keepdim -- size-1 dimensions are left
def db(doutmat):
    return doutmat.sum((0, 2), keepdim=True)


# mistake: wrong_axis -- summed over the kernels
def db(doutmat):
    return doutmat.sum((0, 1))


# mistake: wrong_index -- the first window only
def db(doutmat):
    return doutmat[:, :, 0].sum(0)


# mistake: wrong_operand -- times b
def db(doutmat, b):
    return doutmat.sum((0, 2))*b


# mistake: sign -- a minus
def db(doutmat):
    return -doutmat.sum((0, 2))


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)
