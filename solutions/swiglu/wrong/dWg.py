# mistake: other_gradient -- dact instead of dgate: silu is skipped
def dWg(dact, x):
    return x.flatten(0, 1).T @ dact.flatten(0, 1)


# mistake: transposed -- transposed
def dWg(dgate, x):
    return dgate.flatten(0, 1).T @ x.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dWg(dgate, x):
    return x.transpose(1, 2) @ dgate


# mistake: constant_factor -- averaged over the examples
def dWg(dgate, x):
    return (x.transpose(1, 2) @ dgate).mean(0)


# mistake: wrong_index -- the first example only
def dWg(dgate, x):
    return x[0].T @ dgate[0]


# mistake: upstream_only -- x is missing
def dWg(dgate, Wg):
    return dgate.sum((0, 1)).expand_as(Wg)


# mistake: sign -- a minus
def dWg(dgate, x):
    return -x.flatten(0, 1).T @ dgate.flatten(0, 1)


# mistake: zeros -- left as zeros
def dWg(Wg):
    return torch.zeros_like(Wg)
