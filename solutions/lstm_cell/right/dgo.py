# form: the other order
def dgo(do, o):
    return o*(1 - o)*do


# form: multiplied out
def dgo(do, o):
    return do*(o - o**2)


# form: sigmoid recomputed
def dgo(do, go):
    return do*torch.sigmoid(go)*torch.sigmoid(-go)


# form: with exponentials
def dgo(do, go):
    return do*torch.exp(-go)/(1 + torch.exp(-go))**2


# form: in float32 whatever the input
def dgo(do, o):
    return do.float()*(1 - o.float())*o.float()
