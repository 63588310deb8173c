# mistake: transposed -- att is not transposed
def dv(datty, att, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return att @ dy


# mistake: permuted -- viewed without transposing the heads
def dv(datty, att, v):
    return att.mT @ datty.view(v.shape)


# mistake: wrong_operand -- the logits instead of the softmax
def dv(datty, preatt, causal, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return (preatt*causal).mT @ dy


# mistake: wrong_operand -- the softmax without the mask
def dv(datty, preatt, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return F.softmax(preatt, 3).mT @ dy


# mistake: upstream_only -- att is missing
def dv(datty, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return dy


# mistake: unknown -- the heads concatenated
def dv(datty, att, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return (att.mT @ dy).transpose(1, 2).reshape(n, T, -1)


# mistake: sign -- a minus
def dv(datty, att, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return -att.mT @ dy


# mistake: zeros -- left as zeros
def dv(v):
    return torch.zeros_like(v)
