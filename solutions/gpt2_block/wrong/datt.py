# mistake: permuted -- viewed without transposing the heads
def datt(datty, v):
    return datty.view(v.shape) @ v.mT


# mistake: transposed -- transposed
def datt(datty, v, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return v @ dy.mT


# mistake: wrong_operand -- k instead of v
def datt(datty, k, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return dy @ k.mT


# mistake: wrong_operand -- the softmax a line too early
def datt(datty, v, att, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return (dy @ v.mT)*att


# mistake: constant_factor -- the scale of the logits
def datt(datty, v, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return dy @ v.mT*hs**-0.5


# mistake: wrong_operand -- masked: a token that may not attend still has a gradient here
def datt(datty, v, causal, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return (dy @ v.mT)*causal


# mistake: hard_coded -- two heads
def datt(datty, v, n, T):
    return datty.view(n, T, 2, -1).transpose(1, 2) @ v.mT


# mistake: sign -- a minus
def datt(datty, v, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return -dy @ v.mT


# mistake: zeros -- left as zeros
def datt(att):
    return torch.zeros_like(att)
