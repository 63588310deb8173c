# mistake: wrong_operand -- r multiplied it, which it does not
def dbn(dna, r):
    return (dna*r).sum(0)


# mistake: constant_factor -- averaged over the minibatch
def dbn(dna):
    return dna.mean(0)


# mistake: keepdim -- a row of two dimensions
def dbn(dna):
    return dna.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def dbn(dna):
    return dna.sum(1)


# mistake: not_summed -- one for each example
def dbn(dna):
    return dna.clone()


# mistake: wrong_operand -- times bn
def dbn(dna, bn):
    return dna.sum(0)*bn


# mistake: sign -- a minus
def dbn(dna):
    return -dna.sum(0)


# mistake: zeros -- nothing is filled in
def dbn(bn):
    return torch.zeros_like(bn)
