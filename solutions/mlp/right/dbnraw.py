# form: the other order
def dbnraw(dhpreact, bngain):
    return dhpreact * bngain


# form: the gains copied first
def dbnraw(dhpreact, bngain):
    return bngain.expand_as(dhpreact) * dhpreact


# form: ones times gains
def dbnraw(dhpreact, bngain, bnraw):
    return torch.ones_like(bnraw)*bngain*dhpreact


# form: a diagonal matrix
def dbnraw(dhpreact, bngain):
    return dhpreact @ torch.diag(bngain[0])


# form: einsum
def dbnraw(dhpreact, bngain):
    return torch.einsum('ij,j->ij', dhpreact, bngain[0])


# form: divided by the inverse
def dbnraw(dhpreact, bngain):
    return dhpreact/(1/bngain)


# form: column by column
def dbnraw(dhpreact, bngain, bnraw):
    return torch.stack([dhpreact[:, j]*bngain[0, j] for j in range(bnraw.shape[1])], 1)


# form: fused from dh
def dbnraw(dh, bngain, h):
    return (dh*(1 - h**2))*bngain
