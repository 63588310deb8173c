# mistake: constant_factor -- averaged over the images
def dwmat(doutmat, cols):
    return (doutmat @ cols.transpose(1, 2)).mean(0)


# mistake: constant_factor -- averaged over the windows
def dwmat(doutmat, cols):
    return (doutmat @ cols.transpose(1, 2)).sum(0)/cols.shape[2]


# mistake: not_summed -- one matrix per image
def dwmat(doutmat, cols):
    return doutmat @ cols.transpose(1, 2)


# mistake: transposed -- transposed
def dwmat(doutmat, cols):
    return (cols @ doutmat.transpose(1, 2)).sum(0)


# mistake: wrong_index -- the first image only
def dwmat(doutmat, cols):
    return doutmat[0] @ cols[0].T


# mistake: wrong_index -- windows in reverse order
def dwmat(doutmat, cols):
    return (doutmat.flip(2) @ cols.transpose(1, 2)).sum(0)


# mistake: permuted -- reshaped without transposing first
def dwmat(doutmat, cols, o, wmat):
    return doutmat.reshape(o, -1) @ cols.transpose(1, 2).reshape(-1, wmat.shape[1])


# mistake: upstream_only -- the pixels are missing
def dwmat(doutmat, wmat):
    return doutmat.sum((0, 2))[:, None].expand_as(wmat)


# mistake: upstream_unused -- the upstream gradient is missing
def dwmat(cols, wmat):
    return cols.sum((0, 2)).expand_as(wmat)


# mistake: sign -- a minus
def dwmat(doutmat, cols):
    return -(doutmat @ cols.transpose(1, 2)).sum(0)


# mistake: zeros -- left as zeros
def dwmat(wmat):
    return torch.zeros_like(wmat)
