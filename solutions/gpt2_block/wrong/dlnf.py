# mistake: missing_path -- only the targets' rows
def dlnf(wte, targets):
    return -wte[targets]/targets.numel()


# mistake: wrong_operand -- the rows of the letters that were read
def dlnf(dlogits, wte, idx):
    return dlogits.sum(2, keepdim=True) + wte[idx]


# mistake: constant_factor -- divided by the number of tokens a second time
def dlnf(dlogits, wte, n, T):
    return dlogits @ wte/(n*T)


# mistake: wrong_operand -- times the gain: that comes later
def dlnf(dlogits, wte, lnfw):
    return dlogits @ wte*lnfw


# mistake: upstream_unused -- only the table
def dlnf(lnf, wte):
    return wte.sum(0).expand_as(lnf)


# mistake: sign -- a minus
def dlnf(dlogits, wte):
    return -dlogits @ wte


# mistake: zeros -- left as zeros
def dlnf(lnf):
    return torch.zeros_like(lnf)
