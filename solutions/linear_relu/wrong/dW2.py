# mistake: transposed -- transposed
def dW2(dout, h):
    return dout.T @ h


# mistake: constant_factor -- averaged over the minibatch
def dW2(dout, h):
    return h.T @ dout/h.shape[0]


# mistake: wrong_operand -- z1 instead of h
def dW2(dout, z1):
    return z1.T @ dout


# mistake: upstream_unused -- only h
def dW2(h, W2):
    return h.sum(0)[:, None]*torch.ones_like(W2)


# mistake: upstream_only -- h is missing
def dW2(dout, W2):
    return torch.ones_like(W2)*dout.sum(0)


# mistake: not_summed -- one matrix per example
def dW2(dout, h):
    return h[:, :, None]*dout[:, None, :]


# mistake: sign -- a minus
def dW2(dout, h):
    return -h.T @ dout


# mistake: wrong_index -- the last example is left out
def dW2(dout, h):
    return h[:-1].T @ dout[:-1]


# mistake: summed_too_far -- summed before the product
def dW2(dout, h):
    return torch.outer(h.sum(0), dout.sum(0))


# mistake: zeros -- left as zeros
def dW2(W2):
    return torch.zeros_like(W2)
