# form: with dim named
def db(dz):
    return dz.sum(dim=0)


# form: a row of ones times the table
def db(dz, n):
    return torch.ones(n) @ dz


# form: fused with the tanh
def db(dh, h):
    return (dh*(1 - h**2)).sum(0)
