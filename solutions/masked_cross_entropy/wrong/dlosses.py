# mistake: constant_factor -- divided by the number of all tokens
def dlosses(losses, N):
    return torch.ones_like(losses)/N


# mistake: constant_factor -- mean treated as a sum
def dlosses(losses):
    return torch.ones_like(losses)


# mistake: constant_factor -- divided by the number of names
def dlosses(losses, logits):
    return torch.ones_like(losses)/logits.shape[0]


# mistake: constant_factor -- divided by the number of tokens that do not count
def dlosses(losses, active):
    return torch.ones_like(losses)/(~active).sum()


# mistake: not_expanded -- a single number for all tokens
def dlosses(dloss, active):
    return dloss/active.sum()


# mistake: wrong_operand -- the mask belongs to picked
def dlosses(losses, active):
    return torch.ones_like(losses)*active/active.sum()


# mistake: wrong_operand -- times the losses
def dlosses(losses, active):
    return losses/active.sum()


# mistake: sign -- a minus: that belongs to the previous line
def dlosses(losses, active):
    return -torch.ones_like(losses)/active.sum()


# mistake: zeros -- left as zeros
def dlosses(losses):
    return torch.zeros_like(losses)
