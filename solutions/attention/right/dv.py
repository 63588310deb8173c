# form: transpose of the last two
def dv(dy, p):
    return p.mT @ dy


# form: einsum
def dv(dy, p):
    return torch.einsum('nhts,nhtc->nhsc', p, dy)


# form: broadcast and summed
def dv(dy, p):
    return (p[..., None]*dy[:, :, :, None]).sum(2)


# form: in float32 whatever the input
def dv(dy, p):
    return p.float().mT @ dy.float()
