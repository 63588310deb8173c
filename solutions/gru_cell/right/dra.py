# form: the other order
def dra(dr, r):
    return r*(1 - r)*dr


# form: multiplied out
def dra(dr, r):
    return dr*(r - r**2)


# form: sigmoid again
def dra(dr, ra):
    return dr*torch.sigmoid(ra)*torch.sigmoid(-ra)


# form: written in float32 whatever comes in
def dra(dr, r):
    return dr.float()*(1 - r.float())*r.float()
