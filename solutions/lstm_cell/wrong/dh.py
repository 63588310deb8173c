# mistake: wrong_operand -- cotc instead of coth
def dh(cotc):
    return cotc.clone()


# mistake: wrong_path -- both
def dh(coth, cotc):
    return coth + cotc


# mistake: upstream_unused -- ones
def dh(h):
    return torch.ones_like(h)


# mistake: wrong_operand -- h instead of coth
def dh(h):
    return h.clone()


# mistake: sign -- a minus
def dh(coth):
    return -coth


# mistake: zeros -- left as zeros
def dh(h):
    return torch.zeros_like(h)
