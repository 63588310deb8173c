# mistake: sign -- a minus: that is the gradient of y
def dout(ddiff):
    return -ddiff


# mistake: wrong_operand -- times y
def dout(ddiff, y):
    return ddiff*y


# mistake: upstream_unused -- ones
def dout(out):
    return torch.ones_like(out)


# mistake: upstream_unused -- the difference itself
def dout(diff):
    return diff.clone()


# mistake: summed_too_far -- summed over the examples
def dout(ddiff):
    return ddiff.sum(0)


# mistake: constant_factor -- the mean a second time
def dout(ddiff):
    return ddiff/ddiff.shape[0]


# mistake: zeros -- left as zeros
def dout(out):
    return torch.zeros_like(out)
