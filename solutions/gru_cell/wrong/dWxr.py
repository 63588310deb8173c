# mistake: other_gradient -- the sigmoid is skipped
def dWxr(dr, x):
    return x.T @ dr


# mistake: transposed -- turned
def dWxr(dra, x):
    return dra.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxr(dra, x):
    return x.T @ dra/x.shape[0]


# mistake: upstream_only -- x is forgotten
def dWxr(dra, Wxr):
    return torch.ones_like(Wxr)*dra.sum(0)


# mistake: upstream_unused -- dra is forgotten
def dWxr(x, Wxr):
    return x.sum(0)[:, None].expand_as(Wxr)


# mistake: not_summed -- one matrix for each example
def dWxr(dra, x):
    return x[:, :, None]*dra[:, None, :]


# mistake: sign -- a minus
def dWxr(dra, x):
    return -x.T @ dra


# mistake: zeros -- nothing is filled in
def dWxr(Wxr):
    return torch.zeros_like(Wxr)
