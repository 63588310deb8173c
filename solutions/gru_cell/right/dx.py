# form: in the order of the forward pass
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return dra @ Wxr.T + dza @ Wxz.T + dna @ Wxn.T


# form: step by step with +=
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    d = dna @ Wxn.T
    d += dza @ Wxz.T
    d += dra @ Wxr.T
    return d


# form: the three products in one
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return torch.cat([dna, dza, dra], 1) @ torch.cat([Wxn, Wxz, Wxr], 1).T
