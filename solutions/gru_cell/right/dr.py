# form: the other order
def dr(dna, hh):
    return hh*dna


# form: hh again
def dr(dna, h, Whn, bhn):
    return dna*(h @ Whn + bhn)
