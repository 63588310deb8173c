# form: from dout
def db(dout):
    return dout.sum((0, 2, 3))


# form: one sum after the other
def db(doutmat):
    return doutmat.sum(2).sum(0)


# form: einsum
def db(doutmat):
    return torch.einsum('nol->o', doutmat)


# form: the windows of all images side by side
def db(doutmat, o):
    return doutmat.transpose(0, 1).reshape(o, -1).sum(1)


# form: in float32 whatever the input
def db(doutmat):
    return doutmat.float().sum((0, 2))
