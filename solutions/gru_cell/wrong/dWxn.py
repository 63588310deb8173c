# mistake: other_gradient -- the tanh is skipped
def dWxn(dn, x):
    return x.T @ dn


# mistake: transposed -- turned
def dWxn(dna, x):
    return dna.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dWxn(dna, x):
    return x.T @ dna/x.shape[0]


# mistake: upstream_only -- x is forgotten
def dWxn(dna, Wxn):
    return torch.ones_like(Wxn)*dna.sum(0)


# mistake: upstream_unused -- dna is forgotten
def dWxn(x, Wxn):
    return x.sum(0)[:, None].expand_as(Wxn)


# mistake: not_summed -- one matrix for each example
def dWxn(dna, x):
    return x[:, :, None]*dna[:, None, :]


# mistake: sign -- a minus
def dWxn(dna, x):
    return -x.T @ dna


# mistake: zeros -- nothing is filled in
def dWxn(Wxn):
    return torch.zeros_like(Wxn)
