# form: the mask from h
def dz1(dh, h):
    return dh*(h > 0)


# form: the mask as float
def dz1(dh, z1):
    return (z1 > 0).float().to(dh.dtype)*dh


# form: where
def dz1(dh, z1):
    return torch.where(z1 > 0, dh, torch.zeros_like(dh))


# form: into its own parameter, which is a copy
def dz1(dh, z1):
    dh[z1 <= 0] = 0
    return dh


# form: the sign of h
def dz1(dh, h):
    return dh*h.sign()


# form: masked fill
def dz1(dh, z1):
    return dh.masked_fill(z1 < 0, 0.0)


# form: in float32 whatever the input
def dz1(dh, z1):
    return dh.float()*(z1 > 0)
