# mistake: other_gradient -- dhid instead of dup: act is missing
def dWu(dhid, x):
    return x.flatten(0, 1).T @ dhid.flatten(0, 1)


# mistake: transposed -- transposed
def dWu(dup, x):
    return dup.flatten(0, 1).T @ x.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dWu(dup, x):
    return x.transpose(1, 2) @ dup


# mistake: constant_factor -- averaged over the tokens
def dWu(dup, x):
    return x.flatten(0, 1).T @ dup.flatten(0, 1)/(x.shape[0]*x.shape[1])


# mistake: wrong_index -- the last token only
def dWu(dup, x):
    return x[:, -1].T @ dup[:, -1]


# mistake: upstream_only -- x is missing
def dWu(dup, Wu):
    return dup.sum((0, 1)).expand_as(Wu)


# mistake: sign -- a minus
def dWu(dup, x):
    return -x.flatten(0, 1).T @ dup.flatten(0, 1)


# mistake: zeros -- left as zeros
def dWu(Wu):
    return torch.zeros_like(Wu)
