# mistake: missing_path -- only the targets' rows
def dh(wte, y, n):
    return -wte[y]/n


# mistake: wrong_operand -- W a line too early
def dh(dlogits, wte, W):
    return dlogits @ wte @ W.T


# mistake: upstream_unused -- only the table
def dh(h, wte):
    return wte.sum(0).expand_as(h)


# mistake: transposed -- transposed
def dh(dlogits, wte):
    return (dlogits @ wte).T


# mistake: constant_factor -- averaged a second time
def dh(dlogits, wte, n):
    return dlogits @ wte/n


# mistake: wrong_operand -- the tanh a line too early
def dh(dlogits, wte, h):
    return (dlogits @ wte)*(1 - h**2)


# mistake: sign -- a minus
def dh(dlogits, wte):
    return -dlogits @ wte


# mistake: zeros -- left as zeros
def dh(h):
    return torch.zeros_like(h)
