# form: one sum after the other
def db(dout):
    return dout.sum(0).sum(0)


# form: laid out as one table of tokens
def db(dout, C):
    return dout.reshape(-1, C).sum(0)


# form: einsum
def db(dout):
    return torch.einsum('ntc->c', dout)


# form: written in float32 whatever comes in
def db(dout):
    return dout.float().sum((0, 1))
