# form: with dim named
def db1(dz1):
    return dz1.sum(dim=0)


# form: a row of ones times the table
def db1(dz1):
    return torch.ones(dz1.shape[0]) @ dz1


# form: fused with the gate
def db1(dh, z1):
    return (dh*(z1 > 0)).sum(0)
