# form: the other order
def dgi(di, i):
    return i*(1 - i)*di


# form: multiplied out
def dgi(di, i):
    return di*(i - i**2)


# form: sigmoid again
def dgi(di, gi):
    return di*torch.sigmoid(gi)*torch.sigmoid(-gi)


# form: by exponentials
def dgi(di, gi):
    return di*torch.exp(-gi)/(1 + torch.exp(-gi))**2


# form: written in float32 whatever comes in
def dgi(di, i):
    return di.float()*(1 - i.float())*i.float()
