# mistake: transposed -- inputs by outputs
def dattprojw(dattproj, atty):
    return atty.flatten(0, 1).T @ dattproj.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dattprojw(dattproj, atty):
    return dattproj.transpose(1, 2) @ atty


# mistake: constant_factor -- averaged over the examples
def dattprojw(dattproj, atty):
    return (dattproj.transpose(1, 2) @ atty).mean(0)


# mistake: constant_factor -- averaged over the tokens
def dattprojw(dattproj, atty, n, T):
    return weights_of(dattproj, atty)/(n*T)


# mistake: wrong_index -- the last token only
def dattprojw(dattproj, atty):
    return dattproj[:, -1].T @ atty[:, -1]


# mistake: wrong_operand -- ln1 instead of atty
def dattprojw(dattproj, ln1):
    return weights_of(dattproj, ln1)


# mistake: upstream_only -- the inputs are missing
def dattprojw(dattproj, attprojw):
    return dattproj.sum((0, 1))[:, None].expand_as(attprojw)


# mistake: upstream_unused -- the upstream gradient is missing
def dattprojw(atty, attprojw):
    return atty.sum((0, 1)).expand_as(attprojw)


# mistake: sign -- a minus
def dattprojw(dattproj, atty):
    return -weights_of(dattproj, atty)


# mistake: zeros -- left as zeros
def dattprojw(attprojw):
    return torch.zeros_like(attprojw)
