# form: dim by name
def db2(dlogits):
    return dlogits.sum(dim=0)


# form: einsum
def db2(dlogits):
    return torch.einsum('ij->j', dlogits)


# form: kept, then dropped
def db2(dlogits):
    return dlogits.sum(0, keepdim=True).squeeze(0)


# form: times a row of ones
def db2(dlogits):
    return torch.ones(dlogits.shape[0]) @ dlogits


# form: mean times n
def db2(dlogits, n):
    return dlogits.mean(0) * n


# form: a python sum over the rows
def db2(dlogits):
    return sum(dlogits)


# form: running sum, its last row
def db2(dlogits):
    return dlogits.cumsum(0)[-1]


# form: from below
def db2(dlogits):
    return dlogits.flip(0).sum(0)


# form: transposed and summed
def db2(dlogits):
    return dlogits.T.contiguous().sum(1)


# form: in float64, and back
def db2(dlogits):
    return dlogits.double().sum(0).to(dlogits.dtype)


# form: fused: right for this loss only
def db2(Yb, probs, n):
    return (probs.sum(0) - torch.bincount(Yb, minlength=probs.shape[1]))/n
