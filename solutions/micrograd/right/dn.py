# form: a different order
def dn(de, e):
    return de*e*2


# form: exp recomputed
def dn(de, n):
    return 2*torch.exp(2*n)*de


# form: fused: the derivative of tanh
def dn(do, o):
    return (1 - o**2)*do


# form: fused: tanh recomputed
def dn(do, n):
    return (1 - torch.tanh(n)**2)*do


# form: in float32 whatever the input
def dn(de, e):
    return 2*de.float()*e.float()
