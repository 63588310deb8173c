# mistake: missing_path -- the gate is missing
def dx(dh, W1):
    return dh @ W1.T


# mistake: transposed -- transposed
def dx(dz1, W1):
    return W1 @ dz1.T


# mistake: constant_factor -- averaged over the minibatch
def dx(dz1, W1):
    return dz1 @ W1.T/dz1.shape[0]


# mistake: wrong_operand -- times x
def dx(dz1, W1, x):
    return (dz1 @ W1.T)*x


# mistake: sign -- a minus
def dx(dz1, W1):
    return -dz1 @ W1.T


# mistake: upstream_unused -- only the weights
def dx(x, W1):
    return W1.sum(1).expand_as(x)


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
