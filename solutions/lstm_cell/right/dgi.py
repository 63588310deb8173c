# form: the other order
def dgi(di, i):
    return i*(1 - i)*di


# form: multiplied out
def dgi(di, i):
    return di*(i - i**2)


# form: sigmoid recomputed
def dgi(di, gi):
    return di*torch.sigmoid(gi)*torch.sigmoid(-gi)


# form: with exponentials
def dgi(di, gi):
    return di*torch.exp(-gi)/(1 + torch.exp(-gi))**2


# form: in float32 whatever the input
def dgi(di, i):
    return di.float()*(1 - i.float())*i.float()
