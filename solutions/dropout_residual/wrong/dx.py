# mistake: missing_path -- the skip connection is missing
def dx(dbranch, W):
    return dbranch @ W.T


# mistake: missing_path -- the branch is missing
def dx(dout):
    return dout.clone()


# mistake: transposed -- W is not transposed
def dx(dout, dbranch, W):
    return dout + dbranch @ W


# mistake: doubled_path -- the skip connection twice
def dx(dout, dbranch, W):
    return 2*dout + dbranch @ W.T


# mistake: doubled_path -- the branch twice
def dx(dout, dbranch, W):
    return dout + 2*dbranch @ W.T


# mistake: negated_path -- the branch with a minus
def dx(dout, dbranch, W):
    return dout - dbranch @ W.T


# mistake: wrong_path -- the mask is skipped in the branch
def dx(dout, dkept, W):
    return dout + dkept @ W.T


# mistake: wrong_path -- the skip connection is masked as well
def dx(dout, dbranch, W, mask):
    return dout*mask + dbranch @ W.T


# mistake: constant_factor -- the mean of both paths
def dx(dout, dbranch, W):
    return (dout + dbranch @ W.T)/2


# mistake: wrong_path -- one path overwrites the other
def dx(dout, dbranch, W):
    d = dout.clone()
    d = dbranch @ W.T
    return d


# mistake: sign -- a minus
def dx(dout, dbranch, W):
    return -dout - dbranch @ W.T


# mistake: aliasing -- += on a second name, then the first one again
def dx(dout, dbranch, W):
    d = dout
    d += dbranch @ W.T
    return d + dout


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
