# mistake: missing_path -- the path through lse is missing
def dlogits(dlogp):
    return dlogp.clone()


# mistake: missing_path -- only the path through lse
def dlogits(dlse, logp):
    return dlse*logp.exp()


# mistake: negated_path -- lse with a minus
def dlogits(dlogp, dlse, logp):
    return dlogp - dlse*logp.exp()


# mistake: wrong_path -- the softmax is missing
def dlogits(dlogp, dlse):
    return dlogp + dlse


# mistake: wrong_path -- logp instead of its exponential
def dlogits(dlogp, dlse, logp):
    return dlogp + dlse*logp


# mistake: wrong_path -- exp of the logits: not divided
def dlogits(dlogp, dlse, logits):
    return dlogp + dlse*logits.exp()


# mistake: wrong_axis -- the softmax over the examples
def dlogits(dlogp, dlse, logits):
    return dlogp + dlse*F.softmax(logits, 0)


# mistake: fused_term -- the mean is missing
def dlogits(logits, y):
    return F.softmax(logits, 1) - F.one_hot(y, logits.shape[1])


# mistake: fused_term -- the one-hot row is missing
def dlogits(logits, n):
    return F.softmax(logits, 1)/n


# mistake: fused_term -- the signs flipped
def dlogits(logits, y, n):
    return (F.one_hot(y, logits.shape[1]) - F.softmax(logits, 1))/n


# mistake: fused_term -- the input letter instead of the next one
def dlogits(logits, idx, n):
    return (F.softmax(logits, 1) - F.one_hot(idx, logits.shape[1]))/n


# mistake: softmax_jacobian -- only the diagonal
def dlogits(dlogp, logp):
    return dlogp*(1 - logp.exp())


# mistake: zeros -- left as zeros
def dlogits(logits):
    return torch.zeros_like(logits)
