# form: in one line
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return bnvar_inv*dbnraw + (2*bndiff)*dbndiff2


# form: two steps with +=, as in the lecture
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    d = bnvar_inv * dbnraw
    d += (2*bndiff) * dbndiff2
    return d


# form: the square first
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return 2*bndiff*dbndiff2 + dbnraw*bnvar_inv


# form: addcmul
def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    return torch.addcmul(dbnraw*bnvar_inv, bndiff, dbndiff2, value=2)


# form: the square as a product of two
def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    return bnvar_inv*dbnraw + dbndiff2*bndiff + dbndiff2*bndiff


# form: the square via bnvar
def dbndiff(dbnraw, dbnvar, bnvar_inv, bndiff, n):
    return dbnraw*bnvar_inv + bndiff*dbnvar*2/(n-1)


# form: a common factor
def dbndiff(dbnraw, dbndiff2, bnvar_inv, bndiff):
    return (dbnraw + 2*bndiff*dbndiff2/bnvar_inv)*bnvar_inv


# form: divided by the root
def dbndiff(dbnraw, dbndiff2, bndiff, bnvar):
    return dbnraw/torch.sqrt(bnvar + 1e-5) + 2*bndiff*dbndiff2


# form: fused from dhpreact
def dbndiff(dhpreact, dbndiff2, bnvar_inv, bngain, bndiff):
    return bngain*dhpreact*bnvar_inv + 2*bndiff*dbndiff2


# form: into a parameter, which is a copy
def dbndiff(dbnraw, dbndiff2, bndiff, bnvar_inv):
    dbnraw *= bnvar_inv
    dbnraw += 2*bndiff*dbndiff2
    return dbnraw
