# form: with dim named
def db(dshifted):
    return dshifted.sum(dim=0)


# form: keepdim, then squeezed
def db(dshifted):
    return dshifted.sum(0, keepdim=True).squeeze(0)


# form: a row of ones times the table
def db(dshifted):
    return torch.ones(dshifted.shape[0]) @ dshifted


# form: row by row
def db(dshifted):
    d = torch.zeros(dshifted.shape[1])
    for row in dshifted:
        d = d + row
    return d


# form: einsum
def db(dshifted):
    return torch.einsum('ij->j', dshifted)


# form: straight from dscaled
def db(dscaled, t):
    return (t*dscaled).sum(0)
