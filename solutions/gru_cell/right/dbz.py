# form: with dim named
def dbz(dza):
    return dza.sum(dim=0)


# form: a row of ones times the table
def dbz(dza):
    return torch.ones(dza.shape[0]) @ dza


# form: example by example
def dbz(dza, bz):
    d = torch.zeros_like(bz)
    for row in dza:
        d += row
    return d
