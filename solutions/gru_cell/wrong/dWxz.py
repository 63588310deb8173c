# mistake: other_gradient -- the sigmoid is skipped
def dWxz(dz, x):
    return x.T @ dz


# mistake: transposed -- transposed
def dWxz(dza, x):
    return dza.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxz(dza, x):
    return x.T @ dza/x.shape[0]


# mistake: upstream_only -- x is missing
def dWxz(dza, Wxz):
    return torch.ones_like(Wxz)*dza.sum(0)


# mistake: upstream_unused -- dza is missing
def dWxz(x, Wxz):
    return x.sum(0)[:, None].expand_as(Wxz)


# mistake: not_summed -- one matrix per example
def dWxz(dza, x):
    return x[:, :, None]*dza[:, None, :]


# mistake: sign -- a minus
def dWxz(dza, x):
    return -x.T @ dza


# mistake: zeros -- left as zeros
def dWxz(Wxz):
    return torch.zeros_like(Wxz)
