# mistake: transposed -- W is not transposed
def dx(dz, W):
    return dz @ W


# mistake: other_gradient -- the tanh is skipped
def dx(dh, W):
    return dh @ W.T


# mistake: upstream_only -- the weights are skipped
def dx(dz):
    return dz.clone()


# mistake: upstream_unused -- only the weights
def dx(x, W):
    return W.sum(1).expand_as(x)


# mistake: constant_factor -- averaged a second time
def dx(dz, W, n):
    return dz @ W.T/n


# mistake: sign -- a minus
def dx(dz, W):
    return -dz @ W.T


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
