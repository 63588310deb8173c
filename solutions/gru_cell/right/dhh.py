# form: the other order
def dhh(dna, r):
    return r*dna


# form: sigmoid again
def dhh(dna, ra):
    return dna*torch.sigmoid(ra)
