# form: the other order
def dna(dn, n):
    return (1 - n*n)*dn


# form: tanh recomputed
def dna(dn, na):
    return (1 - torch.tanh(na)**2)*dn


# form: one over cosh squared
def dna(dn, na):
    return dn/torch.cosh(na)**2


# form: straight from dhnew
def dna(dhnew, z, n):
    return dhnew*(1 - z)*(1 - n**2)
