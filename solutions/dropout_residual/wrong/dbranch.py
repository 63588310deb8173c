# mistake: upstream_only -- the mask is missing
def dbranch(dkept):
    return dkept.clone()


# mistake: wrong_operand -- the mask inverted
def dbranch(dkept, mask):
    return dkept*~mask


# mistake: wrong_operand -- a new mask
def dbranch(dkept, p):
    torch.manual_seed(0)
    return dkept*(torch.rand(dkept.shape) >= p)


# mistake: wrong_operand -- kept instead of the mask
def dbranch(dkept, kept):
    return dkept*kept


# mistake: wrong_operand -- positive entries instead of the mask
def dbranch(dkept, branch):
    return dkept*(branch > 0)


# mistake: constant_factor -- 1/(1-p) a second time
def dbranch(dkept, mask, p):
    return dkept*mask/(1 - p)


# mistake: upstream_unused -- only the mask
def dbranch(branch, mask):
    return torch.ones_like(branch)*mask


# mistake: missing_path -- 1/(1-p) is skipped
def dbranch(ddropped, mask):
    return ddropped*mask


# mistake: wrong_dtype -- bools
def dbranch(mask):
    return mask


# mistake: sign -- a minus
def dbranch(dkept, mask):
    return -dkept*mask


# mistake: zeros -- left as zeros
def dbranch(branch):
    return torch.zeros_like(branch)
