# mistake: other_gradient -- the tanh is skipped
def dWxn(dn, x):
    return x.T @ dn


# mistake: transposed -- transposed
def dWxn(dna, x):
    return dna.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxn(dna, x):
    return x.T @ dna/x.shape[0]


# mistake: upstream_only -- x is missing
def dWxn(dna, Wxn):
    return torch.ones_like(Wxn)*dna.sum(0)


# mistake: upstream_unused -- dna is missing
def dWxn(x, Wxn):
    return x.sum(0)[:, None].expand_as(Wxn)


# mistake: not_summed -- one matrix per example
def dWxn(dna, x):
    return x[:, :, None]*dna[:, None, :]


# mistake: sign -- a minus
def dWxn(dna, x):
    return -x.T @ dna


# mistake: zeros -- left as zeros
def dWxn(Wxn):
    return torch.zeros_like(Wxn)
