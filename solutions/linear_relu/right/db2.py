# form: with dim named
def db2(dout):
    return dout.sum(dim=0)


# form: keepdim, then squeezed
def db2(dout):
    return dout.sum(0, keepdim=True).view(-1)


# form: a row of ones times the table
def db2(dout):
    return torch.ones(dout.shape[0]) @ dout


# form: example by example
def db2(dout, b2):
    d = torch.zeros_like(b2)
    for row in dout:
        d += row
    return d
