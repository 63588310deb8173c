# mistake: upstream_unused -- ones, as if the loss were the plain sum
def dH(H):
    return torch.ones_like(H)


# mistake: wrong_operand -- H instead of cot
def dH(H):
    return H.clone()


# mistake: wrong_index -- only the last step counts
def dH(cot):
    d = torch.zeros_like(cot)
    d[:, -1] = cot[:, -1]
    return d


# mistake: constant_factor -- averaged over the steps
def dH(cot):
    return cot/4


# mistake: sign -- a minus
def dH(cot):
    return -cot


# mistake: zeros -- left as zeros
def dH(H):
    return torch.zeros_like(H)
