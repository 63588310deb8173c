# mistake: transposed -- p is not transposed
def dv(dy, p):
    return p @ dy


# mistake: wrong_operand -- att instead of p
def dv(dy, att, causal):
    return (att*causal).mT @ dy


# mistake: wrong_operand -- expd instead of p: not divided
def dv(dy, expd):
    return expd.mT @ dy


# mistake: upstream_only -- p is missing
def dv(dy):
    return dy.clone()


# mistake: summed_too_far -- the same for every token
def dv(dy, p):
    return (p.sum(2)[..., None]*dy.sum(2, keepdim=True))


# mistake: wrong_operand -- p without its mask
def dv(dy, att):
    return att.softmax(3).mT @ dy


# mistake: wrong_axis -- softmax over the wrong tokens
def dv(dy, expd):
    return (expd/expd.sum(2, keepdim=True)).mT @ dy


# mistake: sign -- a minus
def dv(dy, p):
    return -p.mT @ dy


# mistake: zeros -- left as zeros
def dv(v):
    return torch.zeros_like(v)
