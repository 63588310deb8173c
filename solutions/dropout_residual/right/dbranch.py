# form: where
def dbranch(dkept, mask):
    return torch.where(mask, dkept, torch.zeros_like(dkept))


# form: masked fill
def dbranch(dkept, mask):
    return dkept.masked_fill(~mask, 0.0)


# form: into its own parameter, which is a copy
def dbranch(dkept, mask):
    dkept[~mask] = 0
    return dkept


# form: fused with the factor
def dbranch(ddropped, mask, p):
    return ddropped*mask/(1 - p)


# form: in float32 whatever the input
def dbranch(dkept, mask):
    return dkept.float()*mask.float()
