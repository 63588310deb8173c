# mistake: transposed -- transposed
def dh(dout, W2):
    return W2 @ dout.T


# mistake: upstream_unused -- only the weights
def dh(h, W2):
    return W2.sum(1).expand_as(h)


# mistake: wrong_operand -- the relu mask belongs to z1
def dh(dout, W2, z1):
    return (dout @ W2.T)*(z1 > 0)


# mistake: constant_factor -- averaged over the minibatch
def dh(dout, W2):
    return dout @ W2.T/dout.shape[0]


# mistake: sign -- a minus
def dh(dout, W2):
    return -dout @ W2.T


# mistake: wrong_operand -- absolute weights
def dh(dout, W2):
    return dout @ W2.T.abs()


# mistake: wrong_operand -- times h
def dh(dout, W2, h):
    return (dout @ W2.T)*h


# mistake: unknown -- an elementwise product that does not fit
def dh(dout, W2):
    return W2*dout


# mistake: zeros -- left as zeros
def dh(h):
    return torch.zeros_like(h)
