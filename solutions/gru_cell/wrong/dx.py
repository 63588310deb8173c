# mistake: missing_path -- r is missing
def dx(dna, dza, Wxn, Wxz):
    return dna @ Wxn.T + dza @ Wxz.T


# mistake: missing_path -- z is missing
def dx(dna, dra, Wxn, Wxr):
    return dna @ Wxn.T + dra @ Wxr.T


# mistake: missing_path -- only the candidate
def dx(dna, Wxn):
    return dna @ Wxn.T


# mistake: wrong_path -- multiplied by r, although r does not multiply it
def dx(dna, dza, dra, Wxn, Wxz, Wxr, r):
    return (dna*r) @ Wxn.T + dza @ Wxz.T + dra @ Wxr.T


# mistake: wrong_path -- the weights of r and z swapped
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return dna @ Wxn.T + dza @ Wxr.T + dra @ Wxz.T


# mistake: other_gradient -- the sigmoids are skipped
def dx(dna, dz, dr, Wxn, Wxz, Wxr):
    return dna @ Wxn.T + dz @ Wxz.T + dr @ Wxr.T


# mistake: transposed -- transposed
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return (dna @ Wxn.T + dza @ Wxz.T + dra @ Wxr.T).T


# mistake: negated_path -- z with a minus
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return dna @ Wxn.T - dza @ Wxz.T + dra @ Wxr.T


# mistake: wrong_path -- each path overwrites the previous one
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    d = dna @ Wxn.T
    d = dza @ Wxz.T
    d = dra @ Wxr.T
    return d


# mistake: constant_factor -- the mean of the three paths
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return (dna @ Wxn.T + dza @ Wxz.T + dra @ Wxr.T)/3


# mistake: sign -- a minus
def dx(dna, dza, dra, Wxn, Wxz, Wxr):
    return -(dna @ Wxn.T + dza @ Wxz.T + dra @ Wxr.T)


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
