# form: x transposed by dimension
def dW(dbranch, x):
    return x.transpose(0, 1) @ dbranch


# form: einsum
def dW(dbranch, x):
    return torch.einsum('ni,nj->ij', x, dbranch)


# form: the transpose of the other product
def dW(dbranch, x):
    return (dbranch.T @ x).T


# form: example by example
def dW(dbranch, x, W):
    d = torch.zeros_like(W)
    for k in range(x.shape[0]):
        d += torch.outer(x[k], dbranch[k])
    return d


# form: fused with mask and factor
def dW(dout, x, mask, p):
    return x.T @ (dout*mask/(1 - p))
