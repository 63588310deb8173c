# mistake: unknown -- not reshaped back
def doutmat(dout):
    return dout.clone()


# mistake: permuted -- columns before rows
def doutmat(dout, outmat):
    return dout.transpose(2, 3).reshape(outmat.shape)


# mistake: permuted -- images and kernels swapped
def doutmat(dout, outmat):
    return dout.transpose(0, 1).reshape(outmat.shape)


# mistake: upstream_unused -- ones
def doutmat(outmat):
    return torch.ones_like(outmat)


# mistake: hard_coded -- 28 windows
def doutmat(dout, n, o):
    return dout.reshape(n, o, 28)


# mistake: sign -- a minus
def doutmat(dout):
    return -dout.flatten(2)


# mistake: zeros -- left as zeros
def doutmat(outmat):
    return torch.zeros_like(outmat)
