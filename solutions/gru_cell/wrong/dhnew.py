# mistake: upstream_unused -- ones, as if the loss were the plain sum
def dhnew(hnew):
    return torch.ones_like(hnew)


# mistake: wrong_operand -- hnew instead of cot
def dhnew(hnew):
    return hnew.clone()


# mistake: constant_factor -- averaged over the minibatch
def dhnew(cot):
    return cot/cot.shape[0]


# mistake: sign -- a minus
def dhnew(cot):
    return -cot


# mistake: zeros -- left as zeros
def dhnew(hnew):
    return torch.zeros_like(hnew)
