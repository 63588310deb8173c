# mistake: wrong_operand -- cotc for coth
def dh(cotc):
    return cotc.clone()


# mistake: wrong_path -- both
def dh(coth, cotc):
    return coth + cotc


# mistake: upstream_unused -- ones
def dh(h):
    return torch.ones_like(h)


# mistake: wrong_operand -- h for coth
def dh(h):
    return h.clone()


# mistake: sign -- a minus
def dh(coth):
    return -coth


# mistake: zeros -- nothing is filled in
def dh(h):
    return torch.zeros_like(h)
