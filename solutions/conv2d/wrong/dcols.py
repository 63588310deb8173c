# mistake: transposed -- windows before pixels
def dcols(doutmat, wmat):
    return doutmat.transpose(1, 2) @ wmat


# mistake: wrong_index -- the kernel flipped
def dcols(doutmat, wmat):
    return wmat.flip(1).T @ doutmat


# mistake: wrong_index -- windows in reverse order
def dcols(doutmat, wmat):
    return wmat.T @ doutmat.flip(2)


# mistake: summed_too_far -- the same for every image
def dcols(doutmat, wmat, cols):
    return (wmat.T @ doutmat.sum(0)).expand_as(cols)


# mistake: constant_factor -- averaged over the images
def dcols(doutmat, wmat):
    return wmat.T @ doutmat/doutmat.shape[0]


# mistake: upstream_unused -- only the weights
def dcols(cols, wmat):
    return wmat.sum(0)[:, None].expand_as(cols)


# mistake: wrong_operand -- times cols
def dcols(doutmat, wmat, cols):
    return (wmat.T @ doutmat)*cols


# mistake: sign -- a minus
def dcols(doutmat, wmat):
    return -wmat.T @ doutmat


# mistake: zeros -- left as zeros
def dcols(cols):
    return torch.zeros_like(cols)
