# form: the other order
def dhh(dna, r):
    return r*dna


# form: sigmoid recomputed
def dhh(dna, ra):
    return dna*torch.sigmoid(ra)
