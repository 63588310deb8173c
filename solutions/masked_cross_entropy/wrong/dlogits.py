# mistake: unknown -- not reshaped back
def dlogits(dflat):
    return dflat.clone()


# mistake: permuted -- names and positions swapped
def dlogits(dflat, logits):
    return dflat.view(logits.shape[1], logits.shape[0], -1).transpose(0, 1)


# mistake: hard_coded -- eight letters of each name
def dlogits(dflat):
    return dflat.view(-1, 8, dflat.shape[1])


# mistake: upstream_unused -- ones
def dlogits(logits):
    return torch.ones_like(logits)


# mistake: wrong_operand -- times the logits
def dlogits(dflat, logits):
    return dflat.view(logits.shape)*logits


# mistake: sign -- a minus
def dlogits(dflat, logits):
    return -dflat.view(logits.shape)


# mistake: zeros -- left as zeros
def dlogits(logits):
    return torch.zeros_like(logits)
