# form: the other order
def dgg(dg, g):
    return (1 - g*g)*dg


# form: tanh recomputed
def dgg(dg, gg):
    return (1 - torch.tanh(gg)**2)*dg


# form: multiplied out
def dgg(dg, g):
    return dg - g**2*dg


# form: straight from dc
def dgg(dc, i, g):
    return dc*i*(1 - g**2)
