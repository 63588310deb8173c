# mistake: transposed -- transposed
def dWd(dout, hid):
    return dout.flatten(0, 1).T @ hid.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dWd(dout, hid):
    return hid.transpose(1, 2) @ dout


# mistake: constant_factor -- averaged over the examples
def dWd(dout, hid):
    return (hid.transpose(1, 2) @ dout).mean(0)


# mistake: wrong_operand -- act instead of hid
def dWd(dout, act):
    return act.flatten(0, 1).T @ dout.flatten(0, 1)


# mistake: wrong_operand -- up instead of hid
def dWd(dout, up):
    return up.flatten(0, 1).T @ dout.flatten(0, 1)


# mistake: wrong_index -- the first example only
def dWd(dout, hid):
    return hid[0].T @ dout[0]


# mistake: upstream_only -- hid is missing
def dWd(dout, Wd):
    return dout.sum((0, 1)).expand_as(Wd)


# mistake: sign -- a minus
def dWd(dout, hid):
    return -hid.flatten(0, 1).T @ dout.flatten(0, 1)


# mistake: zeros -- left as zeros
def dWd(Wd):
    return torch.zeros_like(Wd)
