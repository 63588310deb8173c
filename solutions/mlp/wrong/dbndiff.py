# mistake: missing_path -- the path through bndiff2 is missing
def dbndiff(dbnraw, bnvar_inv):
    return bnvar_inv * dbnraw


# mistake: missing_path -- the path through bnraw is missing
def dbndiff(dbndiff2, bndiff):
    return (2*bndiff) * dbndiff2


# mistake: constant_factor -- the two of the square is missing
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw + bndiff * dbndiff2


# mistake: negated_path -- the path through bndiff2 with a minus
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw - (2*bndiff) * dbndiff2


# mistake: negated_path -- the path through bnraw with a minus
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return -bnvar_inv * dbnraw + (2*bndiff) * dbndiff2


# mistake: doubled_path -- the path through bnraw twice
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return 2*bnvar_inv * dbnraw + (2*bndiff) * dbndiff2


# mistake: doubled_path -- the path through bndiff2 twice
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw + (4*bndiff) * dbndiff2


# mistake: wrong_operand -- bndiff2 instead of bndiff
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff2):
    return bnvar_inv * dbnraw + (2*bndiff2) * dbndiff2


# mistake: wrong_operand -- bnvar instead of bnvar_inv
def dbndiff(dbnraw, dbndiff2, bnvar, bndiff):
    return bnvar * dbnraw + (2*bndiff) * dbndiff2


# mistake: upstream_only -- bnvar_inv is missing
def dbndiff(dbnraw, dbndiff2, bndiff):
    return dbnraw + (2*bndiff) * dbndiff2


# mistake: upstream_unused -- dbndiff2 is missing
def dbndiff(dbnraw, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw + 2*bndiff


# mistake: wrong_power -- the square stays a square
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw + 2*bndiff**2 * dbndiff2


# mistake: wrong_operand -- bndiff2 instead of dbndiff2: a forward value instead of a gradient
def dbndiff(dbnraw, bnvar_inv, bndiff2, bndiff):
    return bnvar_inv * dbnraw + (2*bndiff) * bndiff2


# mistake: wrong_operand -- hprebn instead of bndiff
def dbndiff(dbnraw, dbndiff2, bnvar_inv, hprebn):
    return bnvar_inv * dbnraw + (2*hprebn) * dbndiff2


# mistake: other_gradient -- dbnvar instead of dbndiff2, without 1/(n-1)
def dbndiff(dbnraw, dbnvar, bnvar_inv, bndiff):
    return bnvar_inv * dbnraw + (2*bndiff) * dbnvar


# mistake: constant_factor -- via dbnvar, n instead of n-1
def dbndiff(dbnraw, dbnvar, bnvar_inv, bndiff, n):
    return bnvar_inv * dbnraw + (2*bndiff) * dbnvar/n


# mistake: wrong_epsilon -- the root without epsilon
def dbndiff(dbnraw, dbndiff2, bnvar, bndiff):
    return dbnraw/torch.sqrt(bnvar) + (2*bndiff) * dbndiff2


# mistake: float32_pinned -- the root without epsilon, in float32
def dbndiff(dbnraw, dbndiff2, bnvar, bndiff):
    return dbnraw.float()/torch.sqrt(bnvar.float()) + (2*bndiff.float()) * dbndiff2.float()


# mistake: aliasing -- two names for one tensor: the second path is added into the first, then both are added
def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    first = dbnraw
    first *= bnvar_inv
    second = first
    second += 2*bndiff*dbndiff2
    return first + second


# mistake: zeros -- left as zeros
def dbndiff(bndiff):
    return torch.zeros_like(bndiff)
