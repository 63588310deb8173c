# form: the other order
def dza(dz, z):
    return z*(1 - z)*dz


# form: multiplied out
def dza(dz, z):
    return dz*(z - z**2)


# form: sigmoid recomputed
def dza(dz, za):
    return dz*torch.sigmoid(za)*torch.sigmoid(-za)


# form: in float32 whatever the input
def dza(dz, z):
    return dz.float()*(1 - z.float())*z.float()
