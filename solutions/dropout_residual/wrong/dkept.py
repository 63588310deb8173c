# mistake: constant_factor -- 1/(1-p) is missing
def dkept(ddropped):
    return ddropped.clone()


# mistake: constant_factor -- times instead of divided
def dkept(ddropped, p):
    return ddropped*(1 - p)


# mistake: constant_factor -- p instead of 1-p
def dkept(ddropped, p):
    return ddropped/p


# mistake: constant_factor -- the fraction that the mask actually kept
def dkept(ddropped, mask):
    return ddropped*mask.numel()/mask.sum()


# mistake: constant_factor -- twice
def dkept(ddropped, p):
    return ddropped/(1 - p)**2


# mistake: wrong_operand -- the mask a line too early
def dkept(ddropped, mask, p):
    return ddropped*mask/(1 - p)


# mistake: upstream_unused -- only the factor
def dkept(kept, p):
    return torch.ones_like(kept)/(1 - p)


# mistake: sign -- a minus
def dkept(ddropped, p):
    return -ddropped/(1 - p)


# mistake: zeros -- left as zeros
def dkept(kept):
    return torch.zeros_like(kept)
