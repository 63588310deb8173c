# mistake: upstream_unused -- only the weights
def dhid(hid, Wd):
    return Wd.sum(1).expand_as(hid)


# mistake: wrong_operand -- times act: that comes later
def dhid(dout, Wd, act):
    return (dout @ Wd.T)*act


# mistake: wrong_operand -- the other projection
def dhid(dout, Wu):
    return dout @ Wu


# mistake: constant_factor -- averaged over the examples
def dhid(dout, Wd):
    return dout @ Wd.T/dout.shape[0]


# mistake: wrong_operand -- absolute weights
def dhid(dout, Wd):
    return dout @ Wd.T.abs()


# mistake: transposed -- transposed
def dhid(dout, Wd):
    return (dout @ Wd.T).transpose(1, 2)


# mistake: sign -- a minus
def dhid(dout, Wd):
    return -dout @ Wd.T


# mistake: zeros -- left as zeros
def dhid(hid):
    return torch.zeros_like(hid)
