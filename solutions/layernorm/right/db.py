# form: one sum after the other
def db(dout):
    return dout.sum(0).sum(0)


# form: reshaped to one table of tokens
def db(dout, C):
    return dout.reshape(-1, C).sum(0)


# form: einsum
def db(dout):
    return torch.einsum('ntc->c', dout)


# form: in float32 whatever the input
def db(dout):
    return dout.float().sum((0, 1))
