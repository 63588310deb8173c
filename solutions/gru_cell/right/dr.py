# form: the other order
def dr(dna, hh):
    return hh*dna


# form: hh recomputed
def dr(dna, h, Whn, bhn):
    return dna*(h @ Whn + bhn)
