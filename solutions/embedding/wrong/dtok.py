# mistake: wrong_operand -- times tok
def dtok(dx, tok):
    return dx*tok


# mistake: upstream_unused -- ones
def dtok(tok):
    return torch.ones_like(tok)


# mistake: summed_too_far -- summed over the examples
def dtok(dx):
    return dx.sum(0)


# mistake: sign -- a minus
def dtok(dx):
    return -dx


# mistake: constant_factor -- a half, as if the sum divided it
def dtok(dx):
    return dx/2


# mistake: zeros -- left as zeros
def dtok(tok):
    return torch.zeros_like(tok)
