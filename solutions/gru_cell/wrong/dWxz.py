# mistake: other_gradient -- the sigmoid is skipped
def dWxz(dz, x):
    return x.T @ dz


# mistake: transposed -- turned
def dWxz(dza, x):
    return dza.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxz(dza, x):
    return x.T @ dza/x.shape[0]


# mistake: upstream_only -- x is forgotten
def dWxz(dza, Wxz):
    return torch.ones_like(Wxz)*dza.sum(0)


# mistake: upstream_unused -- dza is forgotten
def dWxz(x, Wxz):
    return x.sum(0)[:, None].expand_as(Wxz)


# mistake: not_summed -- one matrix for each example
def dWxz(dza, x):
    return x[:, :, None]*dza[:, None, :]


# mistake: sign -- a minus
def dWxz(dza, x):
    return -x.T @ dza


# mistake: zeros -- nothing is filled in
def dWxz(Wxz):
    return torch.zeros_like(Wxz)
