# form: in one line
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff + 1/n*dbnmeani


# form: the lecture
def dhprebn(dbndiff, dbnmeani, n):
    d = dbndiff.clone()
    d += 1.0/n * (torch.ones_like(dbndiff) * dbnmeani)
    return d


# form: divided
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff + dbnmeani/n


# form: expand
def dhprebn(dbndiff, dbnmeani, hprebn, n):
    return dbndiff + dbnmeani.expand_as(hprebn)/n


# form: add with alpha
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff.add(dbnmeani, alpha=1/n)


# form: a common factor
def dhprebn(dbndiff, dbnmeani, n):
    return (n*dbndiff + dbnmeani)/n


# form: the gradient minus its mean
def dhprebn(dbndiff):
    return dbndiff - dbndiff.mean(0)


# form: the gradient minus its mean, n from the shape
def dhprebn(dbndiff):
    return dbndiff - dbndiff.sum(0, keepdim=True)/dbndiff.shape[0]


# form: += on the parameter itself, which is a copy
def dhprebn(dbndiff, dbnmeani, n):
    d = dbndiff
    d += 1.0/n * dbnmeani
    return d


# form: a centering matrix
def dhprebn(dbndiff, n):
    return (torch.eye(n) - 1/n) @ dbndiff


# form: fused: the one line from exercise 3
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# form: fused: with means
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv*(dhpreact - dhpreact.mean(0) - n/(n-1)*bnraw*(dhpreact*bnraw).mean(0))


# form: fused from dbnraw
def dhprebn(dbnraw, bnvar_inv, bnraw, n):
    return bnvar_inv*(dbnraw - dbnraw.mean(0) - bnraw*(dbnraw*bnraw).sum(0)/(n-1))


# form: in float32 whatever the input
def dhprebn(dbndiff, dbnmeani, n):
    return dbndiff.float() + 1/n*dbnmeani.float()
