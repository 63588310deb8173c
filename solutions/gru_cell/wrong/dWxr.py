# mistake: other_gradient -- the sigmoid is skipped
def dWxr(dr, x):
    return x.T @ dr


# mistake: transposed -- transposed
def dWxr(dra, x):
    return dra.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxr(dra, x):
    return x.T @ dra/x.shape[0]


# mistake: upstream_only -- x is missing
def dWxr(dra, Wxr):
    return torch.ones_like(Wxr)*dra.sum(0)


# mistake: upstream_unused -- dra is missing
def dWxr(x, Wxr):
    return x.sum(0)[:, None].expand_as(Wxr)


# mistake: not_summed -- one matrix per example
def dWxr(dra, x):
    return x[:, :, None]*dra[:, None, :]


# mistake: sign -- a minus
def dWxr(dra, x):
    return -x.T @ dra


# mistake: zeros -- left as zeros
def dWxr(Wxr):
    return torch.zeros_like(Wxr)
