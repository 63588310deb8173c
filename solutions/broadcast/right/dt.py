# form: the other order
def dt(dscaled, shifted):
    return (dscaled*shifted).sum()


# form: two sums
def dt(dscaled, shifted):
    return (dscaled*shifted).sum(1).sum()


# form: a dot product of the flattened tables
def dt(dscaled, shifted):
    return dscaled.view(-1) @ shifted.view(-1)


# form: einsum
def dt(dscaled, shifted):
    return torch.einsum('ij,ij->', dscaled, shifted)


# form: in float32 whatever the input
def dt(dscaled, shifted):
    return (dscaled.float()*shifted.float()).sum()
