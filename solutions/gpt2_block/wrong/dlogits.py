# mistake: constant_factor -- divided by the number of examples, not of all tokens
def dlogits(logits, targets, n):
    return (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2]))/n


# mistake: constant_factor -- not divided at all
def dlogits(logits, targets):
    return F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2])


# mistake: constant_factor -- divided by the length only
def dlogits(logits, targets, T):
    return (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2]))/T


# mistake: constant_factor -- divided by the number of all entries
def dlogits(logits, targets):
    return (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2]))/logits.numel()


# mistake: fused_term -- the one-hot rows are missing
def dlogits(logits, targets):
    return F.softmax(logits, 2)/targets.numel()


# mistake: fused_term -- only the one-hot rows
def dlogits(logits, targets):
    return -F.one_hot(targets, logits.shape[2])/targets.numel()


# mistake: sign -- a minus
def dlogits(logits, targets):
    return (F.one_hot(targets, logits.shape[2]) - F.softmax(logits, 2))/targets.numel()


# mistake: wrong_axis -- the softmax over the tokens
def dlogits(logits, targets):
    return (F.softmax(logits, 1) - F.one_hot(targets, logits.shape[2]))/targets.numel()


# mistake: wrong_index -- the input letters instead of the next ones
def dlogits(logits, targets, idx):
    return (F.softmax(logits, 2) - F.one_hot(idx, logits.shape[2]))/targets.numel()


# mistake: hard_coded -- 48 tokens
def dlogits(logits, targets):
    return (F.softmax(logits, 2) - F.one_hot(targets, logits.shape[2]))/48


# mistake: hard_coded -- 27 letters
def dlogits(logits, targets):
    return (F.softmax(logits, 2) - F.one_hot(targets, 27))/targets.numel()


# mistake: zeros -- left as zeros
def dlogits(logits):
    return torch.zeros_like(logits)
