# form: the other order
def dra(dr, r):
    return r*(1 - r)*dr


# form: multiplied out
def dra(dr, r):
    return dr*(r - r**2)


# form: sigmoid recomputed
def dra(dr, ra):
    return dr*torch.sigmoid(ra)*torch.sigmoid(-ra)


# form: in float32 whatever the input
def dra(dr, r):
    return dr.float()*(1 - r.float())*r.float()
