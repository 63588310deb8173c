# form: a product
def da1(dh1, h1):
    return dh1 - h1*h1*dh1


# form: tanh recomputed
def da1(dh1, a1):
    return (1 - torch.tanh(a1)**2)*dh1


# form: one over cosh squared
def da1(dh1, a1):
    return dh1/torch.cosh(a1)**2


# form: in float32 whatever the input
def da1(dh1, h1):
    return (1 - h1.float()**2)*dh1.float()
