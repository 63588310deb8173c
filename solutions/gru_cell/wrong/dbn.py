# mistake: wrong_operand -- multiplied by r, although r does not multiply it
def dbn(dna, r):
    return (dna*r).sum(0)


# mistake: constant_factor -- averaged over the minibatch
def dbn(dna):
    return dna.mean(0)


# mistake: keepdim -- a row with two dimensions
def dbn(dna):
    return dna.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def dbn(dna):
    return dna.sum(1)


# mistake: not_summed -- one per example
def dbn(dna):
    return dna.clone()


# mistake: wrong_operand -- times bn
def dbn(dna, bn):
    return dna.sum(0)*bn


# mistake: sign -- a minus
def dbn(dna):
    return -dna.sum(0)


# mistake: zeros -- left as zeros
def dbn(bn):
    return torch.zeros_like(bn)
