# form: a product
def da3(dh3, h3):
    return dh3 - h3*h3*dh3


# form: tanh recomputed
def da3(dh3, a3):
    return (1 - torch.tanh(a3)**2)*dh3


# form: one over cosh squared
def da3(dh3, a3):
    return dh3/torch.cosh(a3)**2


# form: in float32 whatever the input
def da3(dh3, h3):
    return (1 - h3.float()**2)*dh3.float()
