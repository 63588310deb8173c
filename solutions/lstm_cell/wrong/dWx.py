# mistake: transposed -- transposed
def dWx(dgates, x):
    return dgates.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWx(dgates, x):
    return x.T @ dgates/x.shape[0]


# mistake: upstream_only -- x is missing
def dWx(dgates, Wx):
    return torch.ones_like(Wx)*dgates.sum(0)


# mistake: upstream_unused -- dgates is missing
def dWx(x, Wx):
    return x.sum(0)[:, None].expand_as(Wx)


# mistake: other_gradient -- the gates after their sigmoid
def dWx(di, df, dg, do, x):
    return x.T @ torch.cat([di, df, dg, do], 1)


# mistake: not_summed -- one matrix per example
def dWx(dgates, x):
    return x[:, :, None]*dgates[:, None, :]


# mistake: wrong_index -- gates in reverse order
def dWx(dgi, dgf, dgg, dgo, x):
    return x.T @ torch.cat([dgo, dgg, dgf, dgi], 1)


# mistake: sign -- a minus
def dWx(dgates, x):
    return -x.T @ dgates


# mistake: zeros -- left as zeros
def dWx(Wx):
    return torch.zeros_like(Wx)
